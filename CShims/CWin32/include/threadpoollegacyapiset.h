// Registered waits, timers and work items of the thread pool.
//
// A wait handle is a name, never a pointer: unregistering twice is noticed (finding LW008), whatever happened between.
#pragma once

#include "lw_annotations.h"
#include "minwinbase.h"

#pragma clang assume_nonnull begin

typedef void(CALLBACK *WAITORTIMERCALLBACK)(PVOID _Nullable context, BOOLEAN timed_out);

#define WT_EXECUTEDEFAULT 0x00000000u
#define WT_EXECUTEINIOTHREAD 0x00000001u
#define WT_EXECUTEINWAITTHREAD 0x00000004u
#define WT_EXECUTEONLYONCE 0x00000008u
#define WT_EXECUTELONGFUNCTION 0x00000010u
#define WT_EXECUTEINTIMERTHREAD 0x00000020u ///< of timer queues
#define WT_EXECUTEINPERSISTENTTHREAD 0x00000080u
#define WT_TRANSFER_IMPERSONATION 0x00000100u
/// Adds to `flags` that from now on at most `limit` threads of the pool work at a time (500 before, 1024 at the most).
#define WT_SET_MAX_THREADPOOL_THREADS(flags, limit) ((flags) |= (ULONG)(limit) << 16)

BOOL lw_register_plain_wait_(HANDLE _Nullable *_Nullable wait, HANDLE _Nullable object,
                             WAITORTIMERCALLBACK _Nullable callback, PVOID _Nullable context, ULONG ms, ULONG flags);
/// Calls `callback(context, timed_out)` when `object` is signalled (FALSE) or `ms` milliseconds have passed (TRUE): on
/// the wait thread with WT_EXECUTEINWAITTHREAD, else on a pool thread; once with WT_EXECUTEONLYONCE, else again and
/// again, the time-out starting anew each time. `wait` is stored before a callback can begin. It must be unregistered
/// exactly once, also after a callback that runs once. FALSE: ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED for a handle
/// without SYNCHRONIZE, ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER (also for a mutex, which no thread of the pool
/// could release: there Windows raises STATUS_THREADPOOL_HANDLE_EXCEPTION).
///
/// Pool threads never end and are added when all are busy, so WT_EXECUTELONGFUNCTION, WT_EXECUTEINPERSISTENTTHREAD and
/// WT_EXECUTEINIOTHREAD (of Windows XP) change nothing, nor does WT_TRANSFER_IMPERSONATION: there is one user.
///
/// A repeating registration on an object that stays signalled has at most 64 callbacks queued or running at a time
/// (Windows does not bound them).
static inline BOOL RegisterWaitForSingleObject(HANDLE _Nullable *_Nullable wait, HANDLE _Nullable object,
                                               WAITORTIMERCALLBACK _Nullable callback, PVOID _Nullable context,
                                               ULONG ms, ULONG flags) {
  BOOL done = lw_register_plain_wait_(wait, object, callback, context, ms, flags);
  LW_KEEP_CALLER_FRAME();
  return done;
}

BOOL lw_unregister_wait_(HANDLE _Nullable wait, HANDLE _Nullable completion);
/// Ends a registration. TRUE: no callback is running or ever will be. FALSE and ERROR_IO_PENDING: the registration is
/// gone, but a callback is running or will still begin.
static inline BOOL UnregisterWait(HANDLE _Nullable wait) {
  BOOL done = lw_unregister_wait_(wait, NULL);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// Ends a registration. `completion` NULL: as `UnregisterWait`. An event: the same result at once, and the event is set
/// when no callback runs or will (on TRUE, too); do not close it before. INVALID_HANDLE_VALUE: waits for callbacks to
/// return, then TRUE; from inside the wait's own callback that is finding LW018, and FALSE with ERROR_INVALID_PARAMETER
/// in place of the deadlock, the wait still being registered. From inside the own callback the other forms return TRUE
/// for WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, else FALSE and ERROR_IO_PENDING.
static inline BOOL UnregisterWaitEx(HANDLE _Nullable wait, HANDLE _Nullable completion) {
  BOOL done = lw_unregister_wait_(wait, completion);
  LW_KEEP_CALLER_FRAME();
  return done;
}

HANDLE _Nullable lw_create_timer_queue_(void);
/// Makes a queue for timers. Delete it. NULL: ERROR_NOT_ENOUGH_MEMORY.
static inline HANDLE _Nullable CreateTimerQueue(void) { return lw_create_timer_queue_(); }

BOOL lw_create_timer_(HANDLE _Nullable *_Nullable timer, HANDLE _Nullable queue, WAITORTIMERCALLBACK _Nullable callback,
                      PVOID _Nullable context, DWORD due, DWORD period, ULONG flags);
/// Calls `callback(context, TRUE)` in `due` milliseconds and then every `period`, or, for a period of 0, not again: on
/// a pool thread, or with WT_EXECUTEINTIMERTHREAD on the thread that minds the time. `queue` NULL is the process's own.
/// `timer` is stored before a callback can begin. It must be deleted exactly once, with its queue or by itself. FALSE:
/// ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
///
/// WT_EXECUTEONLYONCE changes nothing: with it the period has to be 0. A period begins when its callback is handed to
/// the pool. At most 64 callbacks of a timer are queued or running.
static inline BOOL CreateTimerQueueTimer(HANDLE _Nullable *_Nullable timer, HANDLE _Nullable queue,
                                         WAITORTIMERCALLBACK _Nullable callback, PVOID _Nullable context, DWORD due,
                                         DWORD period, ULONG flags) {
  BOOL done = lw_create_timer_(timer, queue, callback, context, due, period, flags);
  LW_KEEP_CALLER_FRAME();
  return done;
}

BOOL lw_change_timer_(HANDLE _Nullable queue, HANDLE _Nullable timer, ULONG due, ULONG period);
/// Has a timer fire at other times from now on; one that was to fire once and has stays as it is. FALSE:
/// ERROR_INVALID_HANDLE.
static inline BOOL ChangeTimerQueueTimer(HANDLE _Nullable queue, HANDLE _Nullable timer, ULONG due, ULONG period) {
  return lw_change_timer_(queue, timer, due, period);
}

BOOL lw_delete_timer_(HANDLE _Nullable queue, HANDLE _Nullable timer, HANDLE _Nullable completion);
/// Ends a timer, as `UnregisterWaitEx` ends a wait: FALSE and ERROR_IO_PENDING tell that a callback is running or will
/// still begin, `completion` is set when none is or will, and INVALID_HANDLE_VALUE waits for that.
static inline BOOL DeleteTimerQueueTimer(HANDLE _Nullable queue, HANDLE _Nullable timer, HANDLE _Nullable completion) {
  BOOL done = lw_delete_timer_(queue, timer, completion);
  LW_KEEP_CALLER_FRAME();
  return done;
}

BOOL lw_delete_timer_queue_(HANDLE _Nullable queue, HANDLE _Nullable completion);
/// Ends all timers of a queue and the queue, and answers as `DeleteTimerQueueTimer` does, for all of them.
static inline BOOL DeleteTimerQueueEx(HANDLE _Nullable queue, HANDLE _Nullable completion) {
  BOOL done = lw_delete_timer_queue_(queue, completion);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// The same without an event.
static inline BOOL DeleteTimerQueue(HANDLE _Nullable queue) {
  BOOL done = lw_delete_timer_queue_(queue, NULL);
  LW_KEEP_CALLER_FRAME();
  return done;
}

/// Runs `function(context)` on a pool thread. FALSE: ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
BOOL QueueUserWorkItem(LPTHREAD_START_ROUTINE _Nullable function, PVOID _Nullable context, ULONG flags);

/// Has `function` called on a pool thread for each completion of an overlapped `file`: with a Win32 code, the bytes and
/// the OVERLAPPED, which may be freed there. `flags` is 0. FALSE: ERROR_INVALID_HANDLE, ERROR_NOT_ENOUGH_MEMORY,
/// ERROR_INVALID_PARAMETER (also for a file that is bound already or not overlapped).
BOOL BindIoCompletionCallback(HANDLE _Nullable file, LPOVERLAPPED_COMPLETION_ROUTINE _Nullable function, ULONG flags);

#pragma clang assume_nonnull end
