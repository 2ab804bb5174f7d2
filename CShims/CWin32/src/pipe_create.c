// CreateNamedPipe: a further instance of a pipe, or its first.
#include <string.h>

#include "family.h"
#include "joint_pipes.h"
#include "lw_utf16.h"
#include "namedpipeapi.h"
#include "pipe_listener.h"

enum { DEFAULT_WAIT_MS = 50 };

/// What CreateNamedPipe was given.
typedef struct pipe_request {
  char folded[LW_PIPE_NAME_BYTES];
  uint32_t bucket;
  DWORD open_mode;
  DWORD pipe_mode;
  DWORD instances_max;
  uint32_t out_bytes;
  uint32_t in_bytes;
  DWORD default_ms;
} pipe_request;

/// Gives `server` a place under its name; `fresh` is used, and its pointer cleared, when it is the first instance.
static DWORD add_instance(const pipe_request *request, lw_pipe_end *server, lw_named_pipe **fresh)
    LW_REQUIRES(lw_pipe_names_) {
  lw_named_pipe *pipe = lw_pipe_find_(request->folded, request->bucket);
  DWORD direction = request->open_mode & PIPE_ACCESS_DUPLEX;
  bool message_type = request->pipe_mode & PIPE_TYPE_MESSAGE,
       first = request->open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE;
  uint32_t instances_max = request->instances_max == PIPE_UNLIMITED_INSTANCES ? UINT32_MAX : request->instances_max;
  DWORD default_ms = request->default_ms ? request->default_ms : DEFAULT_WAIT_MS;
  uint32_t joint = 0;
  if (lw_pipes_are_shared_() && (!pipe || pipe->joint)) {
    lw_joint_pipe_terms terms = {instances_max, direction, message_type, default_ms};
    DWORD error = lw_joint_pipe_add_(request->folded, &terms, 1, first, &joint);
    if (error != ERROR_SUCCESS) return error;
  } else if (pipe) {
    if (first) return ERROR_ACCESS_DENIED;
    if (pipe->instances >= pipe->instances_max) return ERROR_PIPE_BUSY;
    if (pipe->direction != direction || pipe->message_type != message_type) return ERROR_ACCESS_DENIED;
  }
  if (!pipe) {
    if (joint) lw_pipe_listener_open_(request->folded, &(*fresh)->listener);
    pipe = *fresh;
    *fresh = NULL;
    memcpy(pipe->name, request->folded, sizeof pipe->name);
    pipe->joint = joint;
    pipe->instances_max = instances_max;
    pipe->direction = direction;
    pipe->message_type = message_type;
    pipe->out_bytes = request->out_bytes;
    pipe->in_bytes = request->in_bytes;
    pipe->default_ms = default_ms;
    lw_named_pipe_add_(pipe, request->bucket);
  }
  pipe->instances++;
  pipe->references++;
  server->pipe = pipe;
  lw_pipe_listen_(server);
  return ERROR_SUCCESS;
}

static DWORD make_instance(const pipe_request *request, lw_pipe_end **made) {
  DWORD reads = request->open_mode & PIPE_ACCESS_INBOUND ? FILE_GENERIC_READ : 0;
  DWORD writes = request->open_mode & PIPE_ACCESS_OUTBOUND ? FILE_GENERIC_WRITE : 0;
  lw_pipe_options options = {.access = reads | writes,
                             .process = GetCurrentProcessId(),
                             .overlapped = request->open_mode & FILE_FLAG_OVERLAPPED,
                             .message_type = request->pipe_mode & PIPE_TYPE_MESSAGE,
                             .message_reads = request->pipe_mode & PIPE_READMODE_MESSAGE,
                             .never_waits = request->pipe_mode & PIPE_NOWAIT,
                             .quota = request->in_bytes,
                             .write_quota = request->out_bytes};
  lw_named_pipe *fresh = lw_named_pipe_take_();
  lw_pipe_end *server = fresh ? lw_pipe_end_make_(&options, NULL) : NULL;
  DWORD error = ERROR_NOT_ENOUGH_MEMORY;
  if (server) {
    lw_lock_acquire(&lw_pipe_names_);
    error = add_instance(request, server, &fresh);
    lw_lock_release(&lw_pipe_names_);
    if (error != ERROR_SUCCESS) lw_file_release_(&server->file);
  }
  if (fresh) lw_named_pipe_give_(fresh);
  *made = server;
  return error;
}

static HANDLE failed(DWORD error) {
  lw_failed_(error);
  return INVALID_HANDLE_VALUE;
}

HANDLE CreateNamedPipeA(LPCSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances_max, DWORD out_bytes,
                        DWORD in_bytes, DWORD default_ms, LPSECURITY_ATTRIBUTES attributes) {
  enum { MODES = PIPE_NOWAIT | PIPE_READMODE_MESSAGE | PIPE_TYPE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS };
  pipe_request request = {.open_mode = open_mode,
                          .pipe_mode = pipe_mode,
                          .instances_max = instances_max,
                          .out_bytes = out_bytes,
                          .in_bytes = in_bytes,
                          .default_ms = default_ms};
  if (!name || !*name) return failed(ERROR_PATH_NOT_FOUND);
  const char *own = lw_pipe_name_(name);
  if (!own) return failed(ERROR_INVALID_NAME);
  if (!lw_pipe_fold_(own, request.folded, &request.bucket)) return failed(ERROR_FILENAME_EXCED_RANGE);
  bool bytes_as_messages = (pipe_mode & PIPE_READMODE_MESSAGE) && !(pipe_mode & PIPE_TYPE_MESSAGE);
  if (!(open_mode & PIPE_ACCESS_DUPLEX) || (pipe_mode & ~(DWORD)MODES) || bytes_as_messages || instances_max == 0 ||
      instances_max > PIPE_UNLIMITED_INSTANCES)
    return failed(ERROR_INVALID_PARAMETER);
  if (lw_family_() != 0 && !lw_family_begin_()) return failed(ERROR_NOT_ENOUGH_MEMORY);
  lw_pipe_end *server;
  DWORD error = make_instance(&request, &server);
  if (error != ERROR_SUCCESS) return failed(error);
  lw_pipe_wake_waiters_(server);
  HANDLE handle = lw_pipe_hand_out_(server);
  if (!handle) return INVALID_HANDLE_VALUE;
  SetLastError(ERROR_SUCCESS);
  return lw_handle_inheritable_(handle, attributes);
}

HANDLE CreateNamedPipeW(LPCWSTR name, DWORD open_mode, DWORD pipe_mode, DWORD instances_max, DWORD out_bytes,
                        DWORD in_bytes, DWORD default_ms, LPSECURITY_ATTRIBUTES attributes) {
  char narrow[2 * LW_PIPE_NAME_BYTES];
  if (name && !lw_narrow_(name, narrow, sizeof narrow)) return failed(ERROR_FILENAME_EXCED_RANGE);
  return CreateNamedPipeA(name ? narrow : NULL, open_mode, pipe_mode, instances_max, out_bytes, in_bytes, default_ms,
                          attributes);
}
