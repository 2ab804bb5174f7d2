// The calls on pipe ends, of this process or of another.
#include "disk_file.h"
#include "lw_utf16.h"
#include "namedpipeapi.h"
#include "remote_pipe.h"

/// The pipe end of a handle, or, where they are `asked`, a standard stream that is a pipe, with a reference; see
/// `lw_file_for_`.
static lw_file *_Nullable pipe_for(HANDLE _Nullable handle, DWORD any_of, bool asked, const char *api) {
  lw_file *file = lw_file_for_(handle, NULL, 0, api);
  if (!file) return NULL;
  bool is_pipe = file->kind == &lw_pipe_kind_ || file->kind == &lw_remote_pipe_kind_ ||
                 (asked && file->kind == &lw_stream_pipe_kind_);
  bool may = !any_of || file->access & any_of & lw_handle_rights_(handle);
  if (is_pipe && may) return file;
  lw_file_release_(file);
  lw_failed_(is_pipe ? ERROR_ACCESS_DENIED : ERROR_INVALID_FUNCTION);
  return NULL;
}

static lw_file *_Nullable pipe_of(HANDLE _Nullable handle, DWORD any_of, const char *api) {
  return pipe_for(handle, any_of, false, api);
}

/// Whether the file is a server end, of this process or another.
static bool is_server_end(const lw_file *file) {
  if (file->kind != &lw_pipe_kind_) return lw_remote_pipe_is_server_((const lw_remote_pipe *)file);
  return ((const lw_pipe_end *)file)->server == (const lw_pipe_end *)file;
}

BOOL lw_connect_named_pipe_(HANDLE handle, LPOVERLAPPED overlapped) {
  lw_file *file = pipe_of(handle, 0, "ConnectNamedPipe");
  if (!file || !is_server_end(file)) lw_overlapped_pends_(overlapped);
  if (!file) return FALSE;
  BOOL done = FALSE;
  if (is_server_end(file)) {
    lw_operation *operation = lw_operation_take_(file, "ConnectNamedPipe", (lw_verb)LW_VERB_LISTEN, overlapped);
    done = operation && lw_operation_run_(operation, NULL);
  } else {
    lw_failed_(ERROR_INVALID_FUNCTION);
  }
  lw_file_release_(file);
  lw_thread_leave_if_asked_();
  return done;
}

/// Asks the pipe end of a handle, in whichever process that is; false and the last error.
static bool ask(HANDLE _Nullable handle, DWORD any_of, const char *api, lw_pipe_question *question,
                char *_Nullable to) {
  lw_file *file = pipe_for(handle, any_of, true, api);
  if (!file) return false;
  DWORD error = lw_pipe_ask_(file, question, to);
  lw_file_release_(file);
  return error == ERROR_SUCCESS || lw_failed_(error);
}

BOOL DisconnectNamedPipe(HANDLE handle) {
  lw_pipe_question question = {.ask = LW_PIPE_ASK_DISCONNECT};
  return ask(handle, 0, __func__, &question, NULL);
}

// ------------------------------------------------------------------------------------------------------------- modes

BOOL SetNamedPipeHandleState(HANDLE handle, DWORD *mode, DWORD *collection_max, DWORD *collection_ms) {
  (void)collection_max, (void)collection_ms;
  if (!mode) return TRUE; // nothing to set: the handle is not even looked at
  if (*mode & ~(DWORD)(PIPE_NOWAIT | PIPE_READMODE_MESSAGE)) return lw_failed_(ERROR_INVALID_PARAMETER);
  lw_pipe_question question = {.ask = LW_PIPE_ASK_SET_MODE, .mode = *mode};
  return ask(handle, FILE_WRITE_ATTRIBUTES, __func__, &question, NULL);
}

BOOL GetNamedPipeInfo(HANDLE handle, DWORD *flags, DWORD *out_bytes, DWORD *in_bytes, DWORD *instances_max) {
  lw_pipe_question facts = {.ask = LW_PIPE_ASK_FACTS};
  if (!ask(handle, 0, __func__, &facts, NULL)) return FALSE;
  if (flags) *flags = facts.flags;
  if (out_bytes) *out_bytes = facts.out_bytes;
  if (in_bytes) *in_bytes = facts.in_bytes;
  if (instances_max) *instances_max = facts.instances_max;
  return TRUE;
}

BOOL GetNamedPipeHandleStateA(HANDLE handle, DWORD *mode, DWORD *instances, DWORD *collection_max, DWORD *collection_ms,
                              LPSTR user, DWORD user_size) {
  (void)user_size;
  lw_pipe_question facts = {.ask = LW_PIPE_ASK_FACTS};
  if (!ask(handle, 0, __func__, &facts, NULL)) return FALSE;
  if (collection_max || collection_ms || user) return lw_failed_(ERROR_INVALID_PARAMETER);
  if (mode) *mode = facts.mode;
  if (instances) *instances = facts.instances;
  return TRUE;
}

BOOL GetNamedPipeHandleStateW(HANDLE handle, DWORD *mode, DWORD *instances, DWORD *collection_max, DWORD *collection_ms,
                              LPWSTR user, DWORD user_size) {
  return GetNamedPipeHandleStateA(handle, mode, instances, collection_max, collection_ms, (LPSTR)user, user_size);
}

/// A process of a pipe's facts.
static BOOL tell_process(HANDLE _Nullable handle, ULONG *_Nullable process, bool client, const char *api) {
  lw_pipe_question facts = {.ask = LW_PIPE_ASK_FACTS};
  if (!process) return lw_failed_(ERROR_INVALID_PARAMETER);
  if (!ask(handle, 0, api, &facts, NULL)) return FALSE;
  *process = client ? facts.client_process : facts.server_process;
  return TRUE;
}

BOOL GetNamedPipeClientProcessId(HANDLE handle, ULONG *process) {
  return tell_process(handle, process, true, __func__);
}
BOOL GetNamedPipeServerProcessId(HANDLE handle, ULONG *process) {
  return tell_process(handle, process, false, __func__);
}

BOOL PeekNamedPipe(HANDLE handle, LPVOID buffer, DWORD bytes, DWORD *read, DWORD *available, DWORD *left) {
  lw_pipe_question question = {.ask = LW_PIPE_ASK_PEEK, .room = buffer ? bytes : 0};
  if (!ask(handle, FILE_READ_DATA, __func__, &question, buffer)) return FALSE;
  if (read) *read = question.copied;
  if (available) *available = question.available;
  if (left) *left = question.left;
  return TRUE;
}

// ------------------------------------------------------------------------------------------------- asking in one call

BOOL lw_transact_named_pipe_(HANDLE handle, LPVOID in, DWORD in_bytes, LPVOID out, DWORD out_bytes, DWORD *read,
                             LPOVERLAPPED overlapped) {
  if (read) *read = 0;
  lw_file *file = pipe_of(handle, FILE_READ_DATA, "TransactNamedPipe");
  if (!file) return FALSE;
  BOOL done = FALSE;
  if (!(file->access & FILE_WRITE_DATA)) {
    lw_failed_(ERROR_ACCESS_DENIED);
  } else if ((!in && in_bytes > 0) || (!out && out_bytes > 0)) {
    lw_failed_(ERROR_NOACCESS);
  } else {
    lw_operation *operation = lw_operation_take_(file, "TransactNamedPipe", (lw_verb)LW_VERB_TRANSCEIVE, overlapped);
    if (operation) {
      lw_operation_add_buffer_(operation, out, out_bytes); // there is room for two
      lw_operation_add_buffer_(operation, in, in_bytes);
      done = lw_operation_run_(operation, read);
    }
  }
  lw_file_release_(file);
  lw_thread_leave_if_asked_();
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
  lw_pipe_options options = {.access = FILE_GENERIC_READ | FILE_WRITE_ATTRIBUTES,
                             .process = GetCurrentProcessId(),
                             .quota = bytes ? bytes : DEFAULT_BYTES,
                             .write_quota = bytes ? bytes : DEFAULT_BYTES};
  lw_pipe_end *reader = lw_pipe_end_make_(&options, NULL);
  options = (lw_pipe_options){
      .access = FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES, .process = options.process, .write_quota = options.quota};
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
