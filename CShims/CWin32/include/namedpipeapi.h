// Pipes, named and anonymous. Names are opaque and their case does not count; they are known to the processes of a
// family, see synchapi.h, and each of these may have instances of a pipe.
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
HANDLE CreateNamedPipeA(LPCSTR _Nullable name, DWORD open_mode, DWORD pipe_mode, DWORD instances_max, DWORD out_bytes,
                        DWORD in_bytes, DWORD default_ms, LPSECURITY_ATTRIBUTES _Nullable attributes);
/// `CreateNamedPipeA` with a UTF-16 name.
HANDLE CreateNamedPipeW(LPCWSTR _Nullable name, DWORD open_mode, DWORD pipe_mode, DWORD instances_max, DWORD out_bytes,
                        DWORD in_bytes, DWORD default_ms, LPSECURITY_ATTRIBUTES _Nullable attributes);

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

/// Waits until an instance of the pipe listens: `ms` milliseconds, or NMPWAIT_... FALSE: ERROR_FILE_NOT_FOUND (no such
/// pipe, without waiting), ERROR_SEM_TIMEOUT. Another client may be faster: opening the pipe can still fail.
BOOL WaitNamedPipeA(LPCSTR _Nullable name, DWORD ms);
/// `WaitNamedPipeA` with a UTF-16 name.
BOOL WaitNamedPipeW(LPCWSTR _Nullable name, DWORD ms);

/// Copies what can be read and leaves it there; `*available` is all of it, `*left` what remains of the first message.
/// It never waits. FALSE: ERROR_BROKEN_PIPE, ERROR_BAD_PIPE (listening), ERROR_PIPE_NOT_CONNECTED, ERROR_ACCESS_DENIED.
BOOL PeekNamedPipe(HANDLE _Nullable pipe, LPVOID _Nullable buffer, DWORD bytes, DWORD *_Nullable read,
                   DWORD *_Nullable available, DWORD *_Nullable left);

/// Changes PIPE_READMODE_... and PIPE_NOWAIT of an end. The other two are for pipes to other machines and ignored.
BOOL SetNamedPipeHandleState(HANDLE _Nullable pipe, DWORD *_Nullable mode, DWORD *_Nullable collection_max,
                             DWORD *_Nullable collection_ms);
/// The process that opened the client which is connected, or was last; 0: nobody was.
BOOL GetNamedPipeClientProcessId(HANDLE _Nullable pipe, ULONG *_Nullable process);
/// The process that made the server's end.
BOOL GetNamedPipeServerProcessId(HANDLE _Nullable pipe, ULONG *_Nullable process);
/// What a pipe was made with: PIPE_SERVER_END and PIPE_TYPE_MESSAGE, the sizes of the server's buffers, the instances.
BOOL GetNamedPipeInfo(HANDLE _Nullable pipe, DWORD *_Nullable flags, DWORD *_Nullable out_bytes,
                      DWORD *_Nullable in_bytes, DWORD *_Nullable instances_max);
/// The modes of an end and how many instances its pipe has. There are no users of the other end: `user` has to be NULL.
BOOL GetNamedPipeHandleStateA(HANDLE _Nullable pipe, DWORD *_Nullable mode, DWORD *_Nullable instances,
                              DWORD *_Nullable collection_max, DWORD *_Nullable collection_ms, LPSTR _Nullable user,
                              DWORD user_size);
BOOL GetNamedPipeHandleStateW(HANDLE _Nullable pipe, DWORD *_Nullable mode, DWORD *_Nullable instances,
                              DWORD *_Nullable collection_max, DWORD *_Nullable collection_ms, LPWSTR _Nullable user,
                              DWORD user_size);

BOOL lw_transact_named_pipe_(HANDLE _Nullable pipe, LPVOID _Nullable in, DWORD in_bytes, LPVOID _Nullable out,
                             DWORD out_bytes, DWORD *_Nullable read, LPOVERLAPPED _Nullable overlapped);
/// Writes the message `in` and reads the answer into `out`. The end must read messages (ERROR_BAD_PIPE) and have none
/// to read (ERROR_PIPE_BUSY). Otherwise as `ReadFile`.
static inline BOOL TransactNamedPipe(HANDLE _Nullable pipe, LPVOID _Nullable in, DWORD in_bytes, LPVOID _Nullable out,
                                     DWORD out_bytes, DWORD *_Nullable read, LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_transact_named_pipe_(pipe, in, in_bytes, out, out_bytes, read, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// Opens a message pipe (waiting for an instance as `WaitNamedPipe` does), asks, reads the answer and closes it.
BOOL CallNamedPipeA(LPCSTR _Nullable name, LPVOID _Nullable in, DWORD in_bytes, LPVOID _Nullable out, DWORD out_bytes,
                    DWORD *_Nullable read, DWORD ms);
/// `CallNamedPipeA` with a UTF-16 name.
BOOL CallNamedPipeW(LPCWSTR _Nullable name, LPVOID _Nullable in, DWORD in_bytes, LPVOID _Nullable out, DWORD out_bytes,
                    DWORD *_Nullable read, DWORD ms);

/// An anonymous pipe of `bytes` (0: 4,096) bytes; neither end is overlapped. Both are the caller's to close.
BOOL CreatePipe(HANDLE _Nullable *_Nullable read, HANDLE _Nullable *_Nullable write,
                LPSECURITY_ATTRIBUTES _Nullable attributes, DWORD bytes);

#ifdef UNICODE
#define CreateNamedPipe CreateNamedPipeW
#define WaitNamedPipe WaitNamedPipeW
#define CallNamedPipe CallNamedPipeW
#define GetNamedPipeHandleState GetNamedPipeHandleStateW
#else
#define CreateNamedPipe CreateNamedPipeA
#define WaitNamedPipe WaitNamedPipeA
#define CallNamedPipe CallNamedPipeA
#define GetNamedPipeHandleState GetNamedPipeHandleStateA
#endif

#pragma clang assume_nonnull end
