// The calls on pipe ends.
#include "lw_utf16.h"
#include "namedpipeapi.h"
#include "pipe.h"

/// The server end of a handle, with a reference.
static lw_pipe_end *_Nullable server_of(HANDLE _Nullable handle, const char *api) {
  lw_pipe_end *end = (lw_pipe_end *)lw_file_for_(handle, &lw_pipe_kind_, 0, api);
  if (!end || end->server == end) return end;
  lw_file_release_(&end->file);
  lw_failed_(ERROR_NOT_SUPPORTED); // of a client end
  return NULL;
}

BOOL lw_connect_named_pipe_(HANDLE handle, LPOVERLAPPED overlapped) {
  lw_pipe_end *end = server_of(handle, "ConnectNamedPipe");
  if (!end) return FALSE;
  lw_operation *operation = lw_operation_take_(&end->file, "ConnectNamedPipe", (lw_verb)LW_VERB_LISTEN, overlapped);
  BOOL done = operation && lw_operation_run_(operation, NULL);
  lw_file_release_(&end->file);
  return done;
}

BOOL DisconnectNamedPipe(HANDLE handle) {
  lw_pipe_end *end = server_of(handle, __func__);
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

// ------------------------------------------------------------------------------------------------------------- modes

BOOL SetNamedPipeHandleState(HANDLE handle, DWORD *mode, DWORD *collection_max, DWORD *collection_ms) {
  (void)collection_max, (void)collection_ms;
  lw_pipe_end *end = (lw_pipe_end *)lw_file_for_(handle, &lw_pipe_kind_, FILE_WRITE_ATTRIBUTES, __func__);
  if (!end) return FALSE;
  DWORD error = ERROR_SUCCESS;
  if (mode && (*mode & ~(DWORD)(PIPE_NOWAIT | PIPE_READMODE_MESSAGE)))
    error = ERROR_INVALID_PARAMETER;
  else if (mode && (*mode & PIPE_READMODE_MESSAGE) && !end->message_type)
    error = ERROR_INVALID_PARAMETER;
  if (error == ERROR_SUCCESS && mode) {
    lw_lock_acquire(lw_pipe_lock_(end));
    end->message_reads = *mode & PIPE_READMODE_MESSAGE;
    end->never_waits = *mode & PIPE_NOWAIT;
    lw_lock_release(lw_pipe_lock_(end));
  }
  lw_file_release_(&end->file);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

BOOL GetNamedPipeInfo(HANDLE handle, DWORD *flags, DWORD *out_bytes, DWORD *in_bytes, DWORD *instances_max) {
  lw_pipe_end *end = (lw_pipe_end *)lw_file_of_(handle, &lw_pipe_kind_);
  if (!end) return FALSE;
  const lw_pipe_end *server = end->server;
  const lw_named_pipe *pipe = server->pipe;
  if (flags)
    *flags =
        (server == end ? PIPE_SERVER_END : PIPE_CLIENT_END) | (end->message_type ? PIPE_TYPE_MESSAGE : PIPE_TYPE_BYTE);
  if (out_bytes) *out_bytes = server->write_quota;
  if (in_bytes) *in_bytes = server->quota;
  if (instances_max)
    *instances_max = !pipe                                            ? 1
                     : pipe->instances_max > PIPE_UNLIMITED_INSTANCES ? PIPE_UNLIMITED_INSTANCES
                                                                      : pipe->instances_max;
  lw_file_release_(&end->file);
  return TRUE;
}

BOOL GetNamedPipeHandleStateA(HANDLE handle, DWORD *mode, DWORD *instances, DWORD *collection_max, DWORD *collection_ms,
                              LPSTR user, DWORD user_size) {
  (void)user_size;
  lw_pipe_end *end = (lw_pipe_end *)lw_file_of_(handle, &lw_pipe_kind_);
  if (!end) return FALSE;
  bool taken = !collection_max && !collection_ms && !user;
  if (taken) {
    lw_lock_acquire(lw_pipe_lock_(end));
    if (mode)
      *mode = (end->message_reads ? PIPE_READMODE_MESSAGE : PIPE_READMODE_BYTE) |
              (end->never_waits ? PIPE_NOWAIT : PIPE_WAIT);
    lw_lock_release(lw_pipe_lock_(end));
    if (instances) *instances = end->server->pipe ? lw_pipe_instances_(end->server) : 1;
  }
  lw_file_release_(&end->file);
  return taken ? TRUE : lw_failed_(ERROR_INVALID_PARAMETER);
}

BOOL GetNamedPipeHandleStateW(HANDLE handle, DWORD *mode, DWORD *instances, DWORD *collection_max, DWORD *collection_ms,
                              LPWSTR user, DWORD user_size) {
  return GetNamedPipeHandleStateA(handle, mode, instances, collection_max, collection_ms, (LPSTR)user, user_size);
}

// -------------------------------------------------------------------------------------------------------------- peek

/// Copies from the queue without taking anything.
static void copy_queue(const lw_pipe_end *end, char *_Nullable to, DWORD bytes, DWORD *copied, DWORD *available) {
  const lw_pipe_chunk *chunk;
  *copied = *available = 0;
  TAILQ_FOREACH(chunk, &end->queue, link) {
    DWORD wanted = bytes - *copied < chunk->left ? bytes - *copied : chunk->left;
    if (!to || (end->message_reads && chunk != TAILQ_FIRST(&end->queue))) wanted = 0;
    if (wanted > 0) __builtin_memcpy(to + *copied, chunk->bytes, wanted);
    *copied += wanted;
    *available += chunk->left;
  }
}

static DWORD peek_refusal(const lw_pipe_end *end) {
  if (end->state == LW_PIPE_LISTENING) return ERROR_BAD_PIPE;
  if (end->state == LW_PIPE_DISCONNECTED) return end->server == end ? ERROR_BAD_PIPE : ERROR_PIPE_NOT_CONNECTED;
  return end->state == LW_PIPE_CLOSING && TAILQ_EMPTY(&end->queue) ? ERROR_BROKEN_PIPE : ERROR_SUCCESS;
}

BOOL PeekNamedPipe(HANDLE handle, LPVOID buffer, DWORD bytes, DWORD *read, DWORD *available, DWORD *left) {
  lw_pipe_end *end = (lw_pipe_end *)lw_file_for_(handle, &lw_pipe_kind_, FILE_READ_DATA, __func__);
  if (!end) return FALSE;
  DWORD copied = 0, all = 0, first = 0;
  lw_lock_acquire(lw_pipe_lock_(end));
  bool empty = TAILQ_EMPTY(&end->queue);
  DWORD error = peek_refusal(end);
  if (error == ERROR_SUCCESS) {
    copy_queue(end, buffer, buffer ? bytes : 0, &copied, &all);
    if (end->message_type && !empty) first = TAILQ_FIRST(&end->queue)->left;
  }
  lw_lock_release(lw_pipe_lock_(end));
  lw_file_release_(&end->file);
  if (error != ERROR_SUCCESS) return lw_failed_(error);
  if (read) *read = copied;
  if (available) *available = all;
  if (left) *left = first > copied ? first - copied : 0;
  return TRUE;
}

// ------------------------------------------------------------------------------------------------- asking in one call

BOOL lw_transact_named_pipe_(HANDLE handle, LPVOID in, DWORD in_bytes, LPVOID out, DWORD out_bytes, DWORD *read,
                             LPOVERLAPPED overlapped) {
  if (read) *read = 0;
  lw_pipe_end *end = (lw_pipe_end *)lw_file_for_(handle, &lw_pipe_kind_, FILE_READ_DATA, "TransactNamedPipe");
  if (!end) return FALSE;
  BOOL done = FALSE;
  if (!(end->file.access & FILE_WRITE_DATA)) {
    lw_failed_(ERROR_ACCESS_DENIED);
  } else if ((!in && in_bytes > 0) || (!out && out_bytes > 0)) {
    lw_failed_(ERROR_NOACCESS);
  } else {
    lw_operation *operation =
        lw_operation_take_(&end->file, "TransactNamedPipe", (lw_verb)LW_VERB_TRANSCEIVE, overlapped);
    if (operation) {
      lw_operation_add_buffer_(operation, out, out_bytes); // there is room for two
      lw_operation_add_buffer_(operation, in, in_bytes);
      done = lw_operation_run_(operation, read);
    }
  }
  lw_file_release_(&end->file);
  return done;
}

/// Opens the pipe, waiting for an instance while all are busy.
static HANDLE open_waiting(LPCSTR name, DWORD ms) {
  for (;;) {
    HANDLE pipe = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (pipe != INVALID_HANDLE_VALUE || GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipeA(name, ms)) return pipe;
  }
}

BOOL CallNamedPipeA(LPCSTR name, LPVOID in, DWORD in_bytes, LPVOID out, DWORD out_bytes, DWORD *read, DWORD ms) {
  HANDLE pipe = open_waiting(name, ms);
  if (pipe == INVALID_HANDLE_VALUE) return FALSE;
  DWORD mode = PIPE_READMODE_MESSAGE;
  BOOL done = SetNamedPipeHandleState(pipe, &mode, NULL, NULL) &&
              lw_transact_named_pipe_(pipe, in, in_bytes, out, out_bytes, read, NULL);
  DWORD error = GetLastError();
  lw_close_handle_(pipe);
  return done ? TRUE : lw_failed_(error);
}

BOOL CallNamedPipeW(LPCWSTR name, LPVOID in, DWORD in_bytes, LPVOID out, DWORD out_bytes, DWORD *read, DWORD ms) {
  char narrow[2 * LW_PIPE_NAME_BYTES];
  if (name && !lw_narrow_(name, narrow, sizeof narrow)) return lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  return CallNamedPipeA(name ? narrow : NULL, in, in_bytes, out, out_bytes, read, ms);
}

// --------------------------------------------------------------------------------------------------- anonymous pipes

BOOL CreatePipe(HANDLE *read, HANDLE *write, LPSECURITY_ATTRIBUTES attributes, DWORD bytes) {
  enum { DEFAULT_BYTES = 4096 };
  if (!read || !write) return lw_failed_(ERROR_NOACCESS);
  lw_pipe_options options = {.access = FILE_GENERIC_READ, .quota = bytes ? bytes : DEFAULT_BYTES};
  lw_pipe_end *reader = lw_pipe_end_make_(&options, NULL);
  options = (lw_pipe_options){.access = FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES, .write_quota = options.quota};
  lw_pipe_end *writer = reader ? lw_pipe_end_make_(&options, reader) : NULL;
  if (!writer) {
    if (reader) lw_file_release_(&reader->file);
    return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  }
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  lw_lock_acquire(lw_pipe_lock_(reader));
  lw_pipe_connect_(reader, writer, &work); // nobody can be waiting yet
  lw_lock_release_quietly(lw_pipe_lock_(reader));
  HANDLE first = lw_pipe_hand_out_(reader);
  HANDLE second = lw_pipe_hand_out_(writer);
  if (first && second) {
    *read = lw_handle_inheritable_(first, attributes);
    *write = lw_handle_inheritable_(second, attributes);
    return TRUE;
  }
  if (first) lw_close_handle_(first);
  if (second) lw_close_handle_(second);
  return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
}
