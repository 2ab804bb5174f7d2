// Registered waits, and timers of queues, which are waits for nothing but time: the record and its states.
//
// Everything that moves a registration from one state to another happens under the dispatcher lock, so there is exactly
// one moment in which a registration fires and exactly one in which it is unregistered, and one comes before the other:
// an unregistration that finds it armed takes it off its object, and no callback can follow; one that finds a callback
// pending answers ERROR_IO_PENDING. (Wine's pool has a gap between the two, and both of its faults come from it.)
//
//   armed    on its object's list of waits
//   queued   fired, and its wait thread has not taken it yet
//   pending  callbacks fired and not returned: queued, waiting for a pool thread, or running
//   over     unregistered and nothing pending: `lw_registration_end_` is called once
#pragma once

#include "lw_win32.h"
#include "object.h"
#include "slots.h"
#include "stale_handles.h"

#pragma clang assume_nonnull begin

/// A repeating registration is not armed again while so many callbacks are pending.
enum { LW_PENDING_MAX = 64 };

typedef struct lw_wait_thread lw_wait_thread;
typedef struct lw_timer_queue lw_timer_queue;

typedef struct lw_registration {
  lw_slot slot;
  uint64_t generation;             ///< of the slot; part of the wait's name, never repeated
  uint64_t number;                 ///< of the wait, for the trace
  lw_object *_Nullable object;     ///< NULL of a timer
  HANDLE _Nullable handle;         ///< of `object`, as registered
  lw_timer_queue *_Nullable queue; ///< of a timer
  WAITORTIMERCALLBACK callback;
  void *_Nullable context;
  ULONG ms;
  ULONG period; ///< of a timer: what `ms` is behind its first callback
  ULONG flags;
  lw_loan loan;
  lw_wait_ended _Nullable ended;
  lw_wait_thread *thread;
  lw_handle_deed unregistered LW_GUARDED_BY(&lw_dispatcher_); ///< outlives it, for whoever does it again

  lw_wait_block block LW_GUARDED_BY(&lw_dispatcher_);
  TAILQ_ENTRY(lw_registration) on_object LW_GUARDED_BY(&lw_dispatcher_);
  TAILQ_ENTRY(lw_registration) on_queue LW_GUARDED_BY(&lw_dispatcher_);
  TAILQ_ENTRY(lw_registration) on_fired LW_GUARDED_BY(&lw_dispatcher_);
  TAILQ_ENTRY(lw_registration) on_timed LW_GUARDED_BY(&lw_dispatcher_);
  lw_time deadline LW_GUARDED_BY(&lw_dispatcher_);
  bool registered LW_GUARDED_BY(&lw_dispatcher_);
  bool uses_object LW_GUARDED_BY(&lw_dispatcher_); ///< waits for it now or will again
  bool armed LW_GUARDED_BY(&lw_dispatcher_);
  bool queued LW_GUARDED_BY(&lw_dispatcher_);
  bool timed_out LW_GUARDED_BY(&lw_dispatcher_); ///< why it is queued
  uint32_t pending LW_GUARDED_BY(&lw_dispatcher_);
  uint32_t returned LW_GUARDED_BY(&lw_dispatcher_);
  lw_object *_Nullable completion LW_GUARDED_BY(&lw_dispatcher_);    ///< event to set when it is over
  HANDLE _Nullable completion_handle LW_GUARDED_BY(&lw_dispatcher_); ///< by which it is set, whoever has it then
  lw_sleeper *_Nullable ender LW_GUARDED_BY(&lw_dispatcher_);        ///< thread that unregisters and blocks
} lw_registration;

typedef TAILQ_HEAD(lw_fired_waits, lw_registration) lw_fired_waits;
typedef TAILQ_HEAD(lw_timed_waits, lw_registration) lw_timed_waits;

static inline bool lw_runs_in_wait_thread_(const lw_registration *r) { return r->flags & WT_EXECUTEINWAITTHREAD; }
static inline bool lw_runs_once_(const lw_registration *r) { return r->flags & WT_EXECUTEONLYONCE; }

// ----------------------------------------------------------------------------------- states (registered_waits.c)

/// Begins to wait for the object, which fires it at once when the object is signalled.
void lw_registration_arm_(lw_registration *r, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// Fires an armed registration.
void lw_registration_fire_(lw_registration *r, bool timed_out, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// Takes a registration off its object for good.
void lw_registration_disarm_(lw_registration *r) LW_REQUIRES(lw_dispatcher_);
/// A callback has returned. True when that was the end: the caller calls `lw_registration_end_` without the lock.
bool lw_registration_returned_(lw_registration *r, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// Runs the callback in the calling thread, between its point and its events.
void lw_registration_call_(lw_registration *r, bool timed_out);
/// Whether the calling thread is inside a callback of `r`.
bool lw_registration_is_running_here_(const lw_registration *r);

// -------------------------------------------------------------------------------------- entries (registration.c)

/// A record with a place on a wait thread, for who fills it in and arms it before the lock is given back; NULL when
/// there is no memory. The lock may be given back and taken again before.
lw_registration *_Nullable lw_registration_take_(void) LW_REQUIRES(lw_dispatcher_);
/// The name that the program has for it.
HANDLE lw_registration_name_(const lw_registration *r);
/// The slot that a name points at, whoever has it now; NULL when there never was one.
lw_registration *_Nullable lw_registration_slot_(HANDLE _Nullable name);
/// The generation that a name has.
uint64_t lw_registration_generation_(HANDLE _Nullable name);
/// Settles and tells everybody (rule 4: `ended`, then event and blocked thread), then recycles the record.
void lw_registration_end_(lw_registration *r);
/// Whether a registration waits, or will wait again, for `object` by this handle.
bool lw_handle_is_waited_for_(lw_object *object, HANDLE handle);
/// What the promised completion event's handle names now, with a reference: it is set by its handle, as on Windows.
/// When that was closed too early, nobody is told, or whoever got its value since (LW009).
lw_object *_Nullable lw_promised_event_(lw_object *promised, HANDLE _Nullable handle);

// -------------------------------------------------------------------------------------- endings (unregistration.c)

/// Takes a registration out of use: no callback begins that has not fired. Whether none is pending: then who asks ends
/// it. `completion` is set and `ender` woken at its end.
bool lw_registration_leave_(lw_registration *r, lw_object *_Nullable completion, HANDLE _Nullable completion_handle,
                            lw_handle_deed now) LW_REQUIRES(lw_dispatcher_);
/// The event that is to be set at an end, with a reference; NULL where `completion` names none: nobody is told, or who
/// asks waits. False and an error when it is no event.
bool lw_find_completion_(HANDLE _Nullable completion, const char *api, lw_object *_Nullable *_Nonnull event);
/// Reports what ends again or deadlocks, and fails with `error`. `first` is told, where it is known, as the moment in
/// which the wait was asked to end.
BOOL lw_refuse_ending_(lw_rule rule, const char *api, HANDLE _Nullable wait, DWORD error, lw_handle_deed first);
/// Ends the wait, or with `is_timer` the timer, of that name: UnregisterWaitEx, DeleteTimerQueueTimer.
BOOL lw_end_registration_(HANDLE _Nullable name, bool is_timer, HANDLE _Nullable completion, const char *api);

// ----------------------------------------------------------------------------------------- timers (timer_queues.c)

/// A timer of the queue is over. The queue, when it was the last one of a queue that is deleted: then the caller calls
/// `lw_timer_queue_end_` without the lock.
lw_timer_queue *_Nullable lw_timer_queue_leave_(lw_timer_queue *queue, lw_registration *timer)
    LW_REQUIRES(lw_dispatcher_);
/// Tells everybody and recycles it.
void lw_timer_queue_end_(lw_timer_queue *queue);

// ---------------------------------------------------------------------------------------- threads (wait_thread.c)

/// Takes a place on a wait thread that has one; NULL when a thread must be added first.
lw_wait_thread *_Nullable lw_wait_thread_join_(void) LW_REQUIRES(lw_dispatcher_);
/// Starts a further wait thread. False when the system has none left.
bool lw_wait_thread_add_(void);
/// Gives the place back.
void lw_wait_thread_leave_(lw_wait_thread *thread) LW_REQUIRES(lw_dispatcher_);
/// Hands a fired registration to its thread.
void lw_wait_thread_push_(lw_registration *r, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
/// Takes a queued registration back: its thread has not noticed yet that it fired.
void lw_wait_thread_withdraw_(lw_registration *r) LW_REQUIRES(lw_dispatcher_);
/// Has the thread mind `r->deadline`; and no longer.
void lw_wait_thread_time_(lw_registration *r, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);
void lw_wait_thread_untime_(lw_registration *r) LW_REQUIRES(lw_dispatcher_);
/// When the calling thread is the wait thread of `r` and has not taken `r` from its queue: takes it.
bool lw_wait_thread_take_(lw_registration *r, bool *timed_out) LW_REQUIRES(lw_dispatcher_);
/// Brings a taken registration to its callback: here, or on a pool thread.
void lw_wait_thread_dispatch_(lw_registration *r, bool timed_out);

#pragma clang assume_nonnull end
