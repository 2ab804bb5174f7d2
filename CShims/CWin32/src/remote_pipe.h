// A handle of a pipe end that another process has, see pipe_wire.h: a client's of a named pipe, or an inherited one.
#pragma once

#include "pipe.h"

#pragma clang assume_nonnull begin

typedef struct lw_remote_pipe lw_remote_pipe;
extern const lw_file_kind lw_remote_pipe_kind_;

/// Opens a client end of an instance that the process of that place has. NULL and the last error: ERROR_FILE_NOT_FOUND
/// when it has gone, ERROR_PIPE_BUSY, ERROR_ACCESS_DENIED, ERROR_NOT_ENOUGH_MEMORY.
HANDLE _Nullable lw_remote_pipe_open_(const char *folded, uint32_t place, DWORD rights, bool overlapped);
/// A file for an end that is served through `fd`, which it takes over on success, with the caller's reference; NULL
/// when there is no memory.
lw_remote_pipe *_Nullable lw_remote_pipe_make_(int fd, DWORD rights, bool overlapped, bool is_server);
bool lw_remote_pipe_is_server_(const lw_remote_pipe *pipe);
/// Asks the process that has the end; see `lw_pipe_ask_`. ERROR_BROKEN_PIPE when that is gone.
DWORD lw_remote_pipe_ask_(lw_remote_pipe *pipe, lw_pipe_question *question, char *_Nullable to);

#pragma clang assume_nonnull end
