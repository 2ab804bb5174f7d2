// Pipes, named and anonymous, within this process. Names are opaque and their case does not count.
#pragma once

#include "fileapi.h"

#pragma clang assume_nonnull begin

#define PIPE_ACCESS_INBOUND 0x00000001u
#define PIPE_ACCESS_OUTBOUND 0x00000002u
#define PIPE_ACCESS_DUPLEX 0x00000003u
#define PIPE_WAIT 0x00000000u
#define PIPE_NOWAIT 0x00000001u
#define PIPE_READMODE_BYTE 0x00000000u
#define PIPE_READMODE_MESSAGE 0x00000002u
#define PIPE_TYPE_BYTE 0x00000000u
#define PIPE_TYPE_MESSAGE 0x00000004u
#define PIPE_ACCEPT_REMOTE_CLIENTS 0x00000000u
#define PIPE_REJECT_REMOTE_CLIENTS 0x00000008u
#define PIPE_CLIENT_END 0x00000000u
#define PIPE_SERVER_END 0x00000001u
#define PIPE_UNLIMITED_INSTANCES 255u
#define NMPWAIT_USE_DEFAULT_WAIT 0x00000000u
#define NMPWAIT_NOWAIT 0x00000001u
#define NMPWAIT_WAIT_FOREVER 0xFFFFFFFFu

/// Makes an instance of the pipe `\\.\pipe\NAME`: a server end that listens for a client at once. A write of more than
/// the reader's buffer has room for (`out_bytes` towards the client, `in_bytes` towards the server) waits until enough
/// was read. `default_ms` is the time of NMPWAIT_USE_DEFAULT_WAIT; 0 is 50 ms.
///
/// INVALID_HANDLE_VALUE: ERROR_PATH_NOT_FOUND (no name), ERROR_INVALID_NAME (not of a pipe),
/// ERROR_FILENAME_EXCED_RANGE, ERROR_INVALID_PARAMETER, ERROR_PIPE_BUSY (all instances are there), ERROR_ACCESS_DENIED
/// (FILE_FLAG_FIRST_PIPE_INSTANCE and it is not the first, or direction or type differ from it),
/// ERROR_NOT_ENOUGH_MEMORY. Close it with `CloseHandle`.
HANDLE _Nullable CreateNamedPipeA(LPCSTR _Nullable name, DWORD open_mode, DWORD pipe_mode, DWORD instances_max,
                                  DWORD out_bytes, DWORD in_bytes, DWORD default_ms,
                                  LPSECURITY_ATTRIBUTES _Nullable attributes);
/// `CreateNamedPipeA` with a UTF-16 name.
HANDLE _Nullable CreateNamedPipeW(LPCWSTR _Nullable name, DWORD open_mode, DWORD pipe_mode, DWORD instances_max,
                                  DWORD out_bytes, DWORD in_bytes, DWORD default_ms,
                                  LPSECURITY_ATTRIBUTES _Nullable attributes);

BOOL lw_connect_named_pipe_(HANDLE _Nullable pipe, LPOVERLAPPED _Nullable overlapped);
/// Waits for a client of a server end: TRUE when one came (a call that waits), FALSE and ERROR_IO_PENDING. FALSE with
/// ERROR_PIPE_CONNECTED is a good connection too, made before the call. ERROR_NO_DATA: the last client has closed its
/// end and `DisconnectNamedPipe` has to come first. ERROR_PIPE_LISTENING with PIPE_NOWAIT.
static inline BOOL ConnectNamedPipe(HANDLE _Nullable pipe, LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_connect_named_pipe_(pipe, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}

/// Ends the connection of a server end; what was not read is lost, and the client's calls fail with
/// ERROR_PIPE_NOT_CONNECTED. FALSE: ERROR_PIPE_LISTENING, ERROR_PIPE_NOT_CONNECTED (already so), ERROR_INVALID_HANDLE.
BOOL DisconnectNamedPipe(HANDLE _Nullable pipe);

#ifdef UNICODE
#define CreateNamedPipe CreateNamedPipeW
#else
#define CreateNamedPipe CreateNamedPipeA
#endif

#pragma clang assume_nonnull end
