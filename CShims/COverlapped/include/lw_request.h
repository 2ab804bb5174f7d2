// What asyncio's Overlapped object does with I/O: an OVERLAPPED and a buffer, started once, asked for its result,
// cancelled without waiting, and deallocated whatever is pending.
//
// CPython's own rules, kept as they are: an operation that was never started is not pending, although the calls that
// failed at once leave Internal at STATUS_PENDING; a read of a broken pipe counts as completed with nothing; cancelling
// never waits; deallocating an operation that is still pending cancels it, waits for it when the cancellation was
// accepted, and frees the memory also when the kernel still owns it.
#pragma once

#include "lw_overlapped.h"

#pragma clang assume_nonnull begin

/// Where a request stands, as far as its object knows.
typedef enum __attribute__((enum_extensibility(closed))) lw_request_type {
  LW_REQUEST_NONE,        ///< nothing was started
  LW_REQUEST_NOT_STARTED, ///< the start failed
  LW_REQUEST_WAIT_PIPE,   ///< a thread of the pool is at work; the kernel has nothing to do with it
  LW_REQUEST_READ,
  LW_REQUEST_WRITE,
  LW_REQUEST_CONNECT_PIPE,
  LW_REQUEST_READ_FROM,
  LW_REQUEST_WRITE_TO,
  LW_REQUEST_ACCEPT,
  LW_REQUEST_CONNECT,
  LW_REQUEST_DISCONNECT,
  LW_REQUEST_TRANSMIT_FILE
} lw_request_type;

enum { LW_REQUEST_ADDRESS_BYTES = 28 }; ///< of the largest address, that of IPv6

/// Where the system stores who sent a datagram.
typedef struct lw_sender {
  unsigned char address[LW_REQUEST_ADDRESS_BYTES];
  int length;
} lw_sender;

/// One request. `overlapped`, `buffer` (unless it is `borrowed`) and `sender` are blocks of the arena, owned by the
/// record; nothing else is.
typedef struct lw_request {
  lw_arena *_Nullable arena;
  OVERLAPPED *_Nullable overlapped;
  HANDLE _Nullable handle;
  lw_request_type type;
  DWORD error; ///< of the last call
  void *_Nullable buffer;
  DWORD bytes;                 ///< of the buffer
  bool borrowed;               ///< the buffer is the caller's, who keeps it until the request has been deallocated
  lw_sender *_Nullable sender; ///< of a datagram
} lw_request;

/// Starts a read of at most `bytes` into a new buffer. Returns ERROR_SUCCESS (also while it is pending, and for
/// ERROR_MORE_DATA), ERROR_BROKEN_PIPE - the request then counts as completed with nothing - or why it was not started.
DWORD lw_request_read_(lw_request *request, HANDLE _Nullable handle, DWORD bytes);
static inline DWORD lw_request_read(lw_request *request, HANDLE _Nullable handle, DWORD bytes) {
  DWORD error = lw_request_read_(request, handle, bytes);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_read_into_(lw_request *request, HANDLE _Nullable handle, void *buffer, DWORD bytes);
/// The same into the caller's own `buffer`, which is lent until the request has ended.
static inline DWORD lw_request_read_into(lw_request *request, HANDLE _Nullable handle, void *buffer, DWORD bytes) {
  DWORD error = lw_request_read_into_(request, handle, buffer, bytes);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_write_(lw_request *request, HANDLE _Nullable handle, const void *data, DWORD bytes);
/// Starts a write of a copy of `data`. As above.
static inline DWORD lw_request_write(lw_request *request, HANDLE _Nullable handle, const void *data, DWORD bytes) {
  DWORD error = lw_request_write_(request, handle, data, bytes);
  LW_KEEP_CALLER_FRAME();
  return error;
}

DWORD lw_request_connect_pipe_(lw_request *request, HANDLE _Nullable pipe);
/// Starts to wait for a client. ERROR_PIPE_CONNECTED: there is one, the request counts as completed, and no packet will
/// come. Otherwise as above.
static inline DWORD lw_request_connect_pipe(lw_request *request, HANDLE _Nullable pipe) {
  DWORD error = lw_request_connect_pipe_(request, pipe);
  LW_KEEP_CALLER_FRAME();
  return error;
}

/// Has a thread of the pool wait up to 10 s for a free instance of the pipe `name`, open it, and post {bytes = error,
/// key = the client's handle, overlapped} to `port`: how asyncio connected to pipes until January 2015. When the time
/// is up just as others were faster, error is 0 and the key INVALID_HANDLE_VALUE, as there. Not pending, not
/// cancellable.
DWORD lw_request_wait_pipe(lw_request *request, const char *name, HANDLE _Nullable port);

/// Whether the kernel still works on it.
bool lw_request_is_pending(const lw_request *request);

DWORD lw_request_cancel_(lw_request *request, bool *asked);
/// Asks for its end, unless it has ended. Returns ERROR_SUCCESS or why not; that nothing was pending any more is no
/// error. `*asked`: CancelIoEx was called.
static inline DWORD lw_request_cancel(lw_request *request, bool *asked) {
  DWORD error = lw_request_cancel_(request, asked);
  LW_KEEP_CALLER_FRAME();
  return error;
}

/// The result: ERROR_SUCCESS and the bytes transferred, or the operation's error; ERROR_IO_INCOMPLETE while it is
/// pending. A read of a broken pipe has no error: it transferred nothing.
DWORD lw_request_result(lw_request *request, DWORD *transferred);

bool lw_request_deallocate_(lw_request *request);
/// Gives its blocks back, after cancelling what is pending. False: the kernel may still own them - asyncio warns
/// "still has pending operation at deallocation, the process may crash" -, and they are freed all the same.
static inline bool lw_request_deallocate(lw_request *request) {
  bool done = lw_request_deallocate_(request);
  LW_KEEP_CALLER_FRAME();
  return done;
}

#pragma clang assume_nonnull end
