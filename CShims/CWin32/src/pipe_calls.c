// The calls on pipe ends.
#include "namedpipeapi.h"
#include "pipe.h"

/// The server end of a handle, with a reference.
static lw_pipe_end *_Nullable server_of(HANDLE _Nullable handle) {
  lw_pipe_end *end = (lw_pipe_end *)lw_file_of_(handle, &lw_pipe_kind_);
  if (!end || end->server == end) return end;
  lw_file_release_(&end->file);
  lw_failed_(ERROR_INVALID_FUNCTION); // of a client end, as NPFS answers
  return NULL;
}

BOOL lw_connect_named_pipe_(HANDLE handle, LPOVERLAPPED overlapped) {
  lw_pipe_end *end = server_of(handle);
  if (!end) return FALSE;
  BOOL done = FALSE;
  if (end->file.overlapped && !overlapped) {
    lw_failed_(ERROR_INVALID_PARAMETER);
  } else {
    lw_operation *operation = lw_operation_take_(&end->file, "ConnectNamedPipe", (lw_verb)LW_VERB_LISTEN, overlapped);
    if (operation) done = lw_operation_run_(operation, NULL);
  }
  lw_file_release_(&end->file);
  return done;
}

BOOL DisconnectNamedPipe(HANDLE handle) {
  lw_pipe_end *end = server_of(handle);
  if (!end) return FALSE;
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  DWORD error = ERROR_SUCCESS;
  lw_point(LW_POINT_CANCEL, end, LW_ACCESS_WRITE);
  lw_lock_acquire(lw_pipe_lock_(end));
  if (end->state == LW_PIPE_LISTENING)
    error = ERROR_PIPE_LISTENING;
  else if (end->state == LW_PIPE_DISCONNECTED)
    error = ERROR_PIPE_NOT_CONNECTED;
  else
    lw_pipe_break_(end, STATUS_PIPE_DISCONNECTED, &work);
  lw_lock_release(lw_pipe_lock_(end));
  lw_pipe_work_do_(&work);
  lw_file_release_(&end->file);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}
