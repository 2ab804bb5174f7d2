// Completion ports: first in, first out for packets; last in, first out for the threads that wait for them.
#pragma once

#include "handleapi.h"

#pragma clang assume_nonnull begin

/// Creates a port (`file` INVALID_HANDLE_VALUE, `existing` NULL; `threads` is kept and not enforced yet). NULL:
/// ERROR_INVALID_PARAMETER for INVALID_HANDLE_VALUE with an existing port, ERROR_INVALID_HANDLE for anything that is
/// not an overlapped file. Close it with `CloseHandle`.
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
/// address by now, LW005.
static inline BOOL GetQueuedCompletionStatus(HANDLE _Nullable port, DWORD *_Nullable bytes, ULONG_PTR *_Nullable key,
                                             LPOVERLAPPED _Nullable *_Nullable overlapped, DWORD ms) {
  BOOL done = lw_get_judged_packet_(port, bytes, key, overlapped, ms);
  LW_KEEP_CALLER_FRAME();
  return done;
}

#pragma clang assume_nonnull end
