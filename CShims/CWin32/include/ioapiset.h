// Completion ports: first in, first out for packets; last in, first out for the threads that wait for them.
#pragma once

#include "handleapi.h"

#pragma clang assume_nonnull begin
LW_CALLERS_STAY_BEGIN

/// Creates a port (`existing` NULL), or has the completions of `file` go to a port, or both; `file`
/// INVALID_HANDLE_VALUE is none. `key` comes with each packet of the file. `threads` (0: as many as there are
/// processors) may run for the port at a time: who dequeued from it last, and neither waits for anything else, nor came
/// to another port, nor ended. It counts only where the port is made. NULL: ERROR_INVALID_PARAMETER for no file with an
/// existing port, and for a file that has a port already or is not overlapped; ERROR_INVALID_HANDLE. Close a port with
/// `CloseHandle`; it lasts until all files bound to it are closed too.
HANDLE _Nullable CreateIoCompletionPort(HANDLE _Nullable file, HANDLE _Nullable existing, ULONG_PTR key, DWORD threads);

BOOL lw_post_plain_packet_(HANDLE _Nullable port, DWORD bytes, ULONG_PTR key, LPOVERLAPPED _Nullable overlapped);
/// Queues a packet of three values, none of which is looked at. It carries no loan, whatever `overlapped` points to.
static inline BOOL PostQueuedCompletionStatus(HANDLE _Nullable port, DWORD bytes, ULONG_PTR key,
                                              LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_post_plain_packet_(port, bytes, key, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}

BOOL lw_get_judged_packet_(HANDLE _Nullable port, DWORD *_Nullable bytes, ULONG_PTR *_Nullable key,
                           LPOVERLAPPED _Nullable *_Nullable overlapped, DWORD ms);
/// Dequeues a packet, waiting `ms` milliseconds for one. TRUE: of a success or a post. FALSE with `*overlapped` set: of
/// a failed operation. FALSE with `*overlapped` NULL: nothing was dequeued (WAIT_TIMEOUT, ERROR_ABANDONED_WAIT_0 when
/// the port was closed meanwhile, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER); the other values are left alone.
///
/// A packet whose block has been freed since it was posted is finding LW004; if another block that is lent lives at the
/// address by now, LW005. A packet that carries a loan, of an operation whose status is still STATUS_PENDING, is LW006.
static inline BOOL GetQueuedCompletionStatus(HANDLE _Nullable port, DWORD *_Nullable bytes, ULONG_PTR *_Nullable key,
                                             LPOVERLAPPED _Nullable *_Nullable overlapped, DWORD ms) {
  BOOL done = lw_get_judged_packet_(port, bytes, key, overlapped, ms);
  LW_KEEP_CALLER_FRAME();
  return done;
}

typedef struct _OVERLAPPED_ENTRY {
  ULONG_PTR lpCompletionKey;
  LPOVERLAPPED _Nullable lpOverlapped;
  ULONG_PTR Internal; ///< the operation's status
  DWORD dwNumberOfBytesTransferred;
} OVERLAPPED_ENTRY, *LPOVERLAPPED_ENTRY;

BOOL lw_get_judged_packets_(HANDLE _Nullable port, LPOVERLAPPED_ENTRY _Nullable entries, ULONG room,
                            ULONG *_Nullable count, DWORD ms, BOOL alertable);
/// Dequeues up to `room` packets, waiting `ms` milliseconds for the first. TRUE whether or not an operation failed:
/// each entry's `Internal` is its status. FALSE: nothing was dequeued, and `*count` means nothing (WAIT_TIMEOUT,
/// ERROR_ABANDONED_WAIT_0, ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER; with `alertable` WAIT_IO_COMPLETION after the
/// thread's APCs have run - packets come first). Judges packets as `GetQueuedCompletionStatus` does.
static inline BOOL GetQueuedCompletionStatusEx(HANDLE _Nullable port, LPOVERLAPPED_ENTRY _Nullable entries, ULONG room,
                                               ULONG *_Nullable count, DWORD ms, BOOL alertable) {
  BOOL done = lw_get_judged_packets_(port, entries, room, count, ms, alertable);
  LW_KEEP_CALLER_FRAME();
  return done;
}

// ------------------------------------------------------------------------------------------------ overlapped results

/// The result of an operation: TRUE and its bytes, or FALSE and its error. While it is pending: FALSE and
/// ERROR_IO_INCOMPLETE, or with `wait` it waits for the event of `overlapped`, or for `file` when that is NULL. It may
/// be asked again and again; it ends no loan of an operation on a port.
BOOL GetOverlappedResult(HANDLE _Nullable file, LPOVERLAPPED _Nullable overlapped, DWORD *_Nullable transferred,
                         BOOL wait);
/// The same with a time limit (0: ERROR_IO_INCOMPLETE; passed: WAIT_TIMEOUT; with `alertable` WAIT_IO_COMPLETION after
/// calls queued to the thread have run).
BOOL GetOverlappedResultEx(HANDLE _Nullable file, LPOVERLAPPED _Nullable overlapped, DWORD *_Nullable transferred,
                           DWORD ms, BOOL alertable);

BOOL lw_cancel_io_(HANDLE _Nullable file);
/// Asks for the end of what the calling thread has started on `file`. TRUE, also when there is nothing. It returns
/// before the operations have ended: each ends with ERROR_OPERATION_ABORTED, or as it would have, and only its
/// completion gives its memory back.
static inline BOOL CancelIo(HANDLE _Nullable file) {
  BOOL done = lw_cancel_io_(file);
  LW_KEEP_CALLER_FRAME();
  return done;
}

BOOL lw_cancel_io_ex_(HANDLE _Nullable file, LPOVERLAPPED _Nullable overlapped);
/// The same for what any thread of the process has started with `overlapped`, or with any (NULL). FALSE and
/// ERROR_NOT_FOUND when nothing is pending.
static inline BOOL CancelIoEx(HANDLE _Nullable file, LPOVERLAPPED _Nullable overlapped) {
  BOOL done = lw_cancel_io_ex_(file, overlapped);
  LW_KEEP_CALLER_FRAME();
  return done;
}

BOOL lw_cancel_synchronous_io_(HANDLE _Nullable thread);
/// Asks for the end of what a thread waits for inside the call that started it, which then fails with
/// ERROR_OPERATION_ABORTED. FALSE and ERROR_NOT_FOUND when it does not wait so.
static inline BOOL CancelSynchronousIo(HANDLE _Nullable thread) {
  BOOL done = lw_cancel_synchronous_io_(thread);
  LW_KEEP_CALLER_FRAME();
  return done;
}

LW_CALLERS_STAY_END
#pragma clang assume_nonnull end
