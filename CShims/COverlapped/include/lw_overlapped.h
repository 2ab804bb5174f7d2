// What asyncio's C module `_overlapped` does for waits: an OVERLAPPED as an object with an address, and
// RegisterWaitWithQueue, which turns "the object was signalled" into a packet.
//
// One difference to CPython, on purpose. There the callback only passes the OVERLAPPED's *address* to
// PostQueuedCompletionStatus; nothing writes through it. Here the callback, on the wait thread, writes Internal and
// InternalHigh through its loan before it posts, as the kernel does when it completes an operation: that makes the late
// write of the published account a real one. The ABA of the address is the same in both.
#pragma once

#include "lw_win32.h"

#pragma clang assume_nonnull begin

/// The registered layout "OVERLAPPED" (Internal, InternalHigh, Offset, OffsetHigh, hEvent).
lw_layout lw_overlapped_layout(void);

/// Allocates a zeroed OVERLAPPED in `arena`. NULL when the arena is full. Give it back with `lw_overlapped_free`.
static inline OVERLAPPED *_Nullable lw_overlapped_create(lw_arena *arena) {
  OVERLAPPED *overlapped = lw_alloc(arena, sizeof(OVERLAPPED), lw_overlapped_layout(), true);
  LW_KEEP_CALLER_FRAME();
  return overlapped;
}
/// The place where CPython drops the last reference. Frees it whatever is pending: that is the bug on show.
static inline lw_status lw_overlapped_free(lw_arena *arena, OVERLAPPED *overlapped) {
  lw_status status = lw_free(arena, overlapped);
  LW_KEEP_CALLER_FRAME();
  return status;
}

BOOL lw_register_wait_with_queue_(HANDLE _Nullable object, HANDLE _Nullable port, OVERLAPPED *overlapped, DWORD ms,
                                  uint64_t ticket, HANDLE _Nullable *_Nonnull wait);
/// Waits for `object` on a wait thread (WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE). When it is signalled or `ms` have
/// passed, the callback stores Internal = 0 or STATUS_TIMEOUT and InternalHigh = `ticket` (not 0) into `overlapped`,
/// through the loan that this call opened on it, and then posts {bytes = 0 signalled or 1 timed out, key = 0,
/// overlapped} to `port`; the packet holds the loan from then on. An OVERLAPPED outside every arena is written plainly
/// and has no loan. `wait` must be unregistered exactly once. FALSE and GetLastError on failure, then nothing is lent.
/// Registration itself leaves Internal alone; a wait is never "pending".
static inline BOOL lw_register_wait_with_queue(HANDLE _Nullable object, HANDLE _Nullable port, OVERLAPPED *overlapped,
                                               DWORD ms, uint64_t ticket, HANDLE _Nullable *_Nonnull wait) {
  BOOL done = lw_register_wait_with_queue_(object, port, overlapped, ms, ticket, wait);
  LW_KEEP_CALLER_FRAME();
  return done;
}

#pragma clang assume_nonnull end
