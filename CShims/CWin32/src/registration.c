// Registering and unregistering waits, by names that are never used twice.
//
// A name is generation (40 bits), slot index (22) and two zero bits. Generations begin at 256, so that no name looks
// like a handle of the handle table, and a name whose generation its slot has left behind was unregistered before.
#include "registration.h"
#include "accounting.h"
#include "joint.h"

#include "workers.h"

enum { INDEX_BITS = 22, TAG_BITS = 2, FIRST_GENERATION = 256 };

static lw_slots registrations LW_GUARDED_BY(lw_dispatcher_) = {.slot_bytes = sizeof(lw_registration)};
static uint64_t numbers LW_GUARDED_BY(lw_dispatcher_);
static lw_wait_fault fault LW_GUARDED_BY(lw_dispatcher_);
static bool notices_late LW_GUARDED_BY(lw_dispatcher_);

void lw_wait_fault_commit(lw_wait_fault committed) {
  lw_dispatcher_enter_();
  fault = committed;
  lw_lock_release_quietly(&lw_dispatcher_);
}

void lw_wait_notice_late(bool late) {
  lw_dispatcher_enter_();
  notices_late = late;
  lw_lock_release_quietly(&lw_dispatcher_);
}

static HANDLE name_of(const lw_registration *r) {
  uint64_t name = r->generation << (INDEX_BITS + TAG_BITS) | (uint64_t)r->slot.index << TAG_BITS;
  return (HANDLE)(uintptr_t)name;
}

/// The slot that a name points at, whoever has it now; NULL when there never was one.
static lw_registration *_Nullable slot_of(HANDLE _Nullable wait) LW_NO_THREAD_SAFETY_ANALYSIS {
  uint64_t name = (uint64_t)(uintptr_t)wait;
  if (name >> (INDEX_BITS + TAG_BITS) < FIRST_GENERATION) return NULL;
  return lw_slot_at_(&registrations, name >> TAG_BITS & ((1u << INDEX_BITS) - 1));
}

// -------------------------------------------------------------------------------------------------------- register

/// A record and a place on a wait thread; NULL when there is no memory. A thread may have to be added without the lock.
static lw_registration *_Nullable take_place(void) LW_REQUIRES(lw_dispatcher_) {
  lw_wait_thread *thread = lw_wait_thread_join_();
  while (!thread) {
    lw_lock_release(&lw_dispatcher_);
    bool added = lw_wait_thread_add_();
    lw_lock_acquire(&lw_dispatcher_);
    if (!added) return NULL;
    thread = lw_wait_thread_join_();
  }
  lw_registration *r = (lw_registration *)lw_slot_take_(&registrations);
  if (!r) {
    lw_wait_thread_leave_(thread);
    return NULL;
  }
  uint64_t generation = r->generation ? r->generation + 1 : FIRST_GENERATION;
  *r = (lw_registration){.slot = r->slot, .generation = generation, .number = ++numbers, .thread = thread};
  r->registered = true;
  return r;
}

BOOL lw_register_wait_(HANDLE *wait, HANDLE object, WAITORTIMERCALLBACK callback, void *context, ULONG ms, ULONG flags,
                       lw_loan loan, lw_wait_ended ended) {
  // A pseudo handle would be the wait thread's own.
  if (lw_handle_is_pseudo_(object)) return lw_failed_(ERROR_INVALID_HANDLE);
  lw_object *waited = lw_handle_object_for_(object, NULL, 0, "RegisterWaitForSingleObject");
  if (!waited) return FALSE;
  if (waited->type == &lw_mutex_type_) {
    lw_object_release_(waited);
    return lw_failed_(ERROR_INVALID_PARAMETER);
  }
  lw_workers_limit_(flags >> LW_LIMIT_SHIFT);
  lw_wakes wakes = {NULL};
  bool threads = flags & WT_EXECUTEINWAITTHREAD || lw_workers_prepare_();
  lw_dispatcher_enter_();
  lw_registration *r = threads ? take_place() : NULL;
  if (r) {
    r->object = waited;
    r->handle = (HANDLE)((uintptr_t)object & ~(uintptr_t)3); // the two low bits never count
    r->callback = callback;
    r->context = context;
    r->ms = ms;
    r->flags = flags;
    r->loan = loan;
    r->ended = ended;
    *wait = name_of(r); // before a callback can begin
    lw_event(LW_EVENT_REGISTER_WAIT, 0, r->number, 0, 0, loan.bits, (int64_t)(intptr_t)object);
    lw_registration_arm_(r, &wakes);
  }
  lw_dispatcher_leave_(&wakes); // from here on the registration may be gone
  if (!r) {
    lw_object_release_(waited);
    return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  }
  return TRUE;
}

BOOL lw_register_plain_wait_(HANDLE *wait, HANDLE object, WAITORTIMERCALLBACK callback, PVOID context, ULONG ms,
                             ULONG flags) {
  if (!wait || !callback) return lw_failed_(ERROR_INVALID_PARAMETER);
  return lw_register_wait_(wait, object, callback, context, ms, flags, (lw_loan){0}, NULL);
}

// ------------------------------------------------------------------------------------------------------ unregister

/// Of a registration that is over, which only the thread that ends it still touches.
static uint32_t callbacks_returned(const lw_registration *r) LW_NO_THREAD_SAFETY_ANALYSIS { return r->returned; }
static lw_object *_Nullable completion_of(const lw_registration *r) LW_NO_THREAD_SAFETY_ANALYSIS {
  return r->completion;
}
static HANDLE _Nullable completion_handle_of(const lw_registration *r) LW_NO_THREAD_SAFETY_ANALYSIS {
  return r->completion_handle;
}

/// What the completion event's handle names now, with a reference: it is set by its handle, as on Windows. When that
/// was closed too early, nobody is told, or whoever got its value since (LW009).
static lw_object *_Nullable event_to_set(lw_object *promised, HANDLE _Nullable handle) {
  DWORD last_error = GetLastError();
  lw_object *found = lw_handle_object_for_(handle, &lw_event_type_, 0, "SetEvent"); // reports what is no event
  if (!found)
    lw_event(LW_EVENT_SIGNAL, 0, (uint64_t)(uintptr_t)handle, 0, 0, 0, ERROR_INVALID_HANDLE);
  else if (found != promised)
    lw_report_(NULL, &(lw_finding){.rule = 9, .api = "SetEvent", .address = handle});
  SetLastError(last_error);
  return found;
}

void lw_registration_end_(lw_registration *r) {
  if (r->ended) r->ended(r->context, callbacks_returned(r)); // rule 4: before anybody is told

  lw_wakes wakes = {NULL};
  lw_object *object = r->object, *completion = completion_of(r), *set = NULL;
  if (completion) {
    lw_point(LW_POINT_SIGNAL, completion, LW_ACCESS_WRITE);
    set = event_to_set(completion, completion_handle_of(r));
  }
  lw_dispatcher_enter_();
  if (set) lw_object_signal_(set, &wakes);
  if (r->ender) lw_wakes_add_(&wakes, r->ender);
  lw_wait_thread_leave_(r->thread);
  lw_slot_give_(&registrations, &r->slot);
  lw_dispatcher_leave_(&wakes);
  if (set) lw_object_release_(set);
  if (completion) lw_object_release_(completion);
  lw_object_release_(object);
}

/// What an unregistration found and did, in its one locked section.
typedef struct ending {
  lw_registration *_Nullable r; ///< NULL: not registered
  bool known;                   ///< it was once
  bool deadlock;                ///< blocking, from inside its own callback: nothing was done
  bool over;                    ///< no callback is pending
  bool forgotten;               ///< by a fault: one is, and nobody waits for it
  bool taken;                   ///< its callback was queued on this very thread and is this thread's to dispatch
  bool timed_out;
  BOOL result;
  lw_loan loan;
  lw_handle_deed first; ///< of a wait that is unregistered again and whose slot nobody has used since
} ending;

/// Which of the races between a cancellation and a callback this is.
static void mark(const lw_registration *r) LW_REQUIRES(lw_dispatcher_) {
  if (r->pending == 0)
    lw_mark(r->returned == 0 ? LW_MARK_CANCEL_FIRST : LW_MARK_CANCEL_LATE);
  else
    lw_mark(r->queued ? LW_MARK_CANCEL_QUEUED : LW_MARK_CANCEL_RUNNING);
}

/// The registration that a name stands for. Without one, `r` stays NULL and the rest says what is known of it.
static ending look_up(HANDLE _Nullable wait) LW_REQUIRES(lw_dispatcher_) {
  lw_registration *r = slot_of(wait);
  if (!r) return (ending){.r = NULL};
  uint64_t generation = (uint64_t)(uintptr_t)wait >> (INDEX_BITS + TAG_BITS);
  if (generation == r->generation && r->registered) return (ending){.r = r};
  ending e = {.known = generation <= r->generation};
  if (generation == r->generation) e.first = r->unregistered;
  return e;
}

static ending unregister(HANDLE _Nullable wait, lw_object *_Nullable completion, HANDLE _Nullable completion_handle,
                         lw_sleeper *_Nullable ender, lw_handle_deed now, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  ending e = look_up(wait);
  lw_registration *r = e.r;
  if (!r) return e;
  bool own = lw_registration_is_running_here_(r);
  e.deadlock = ender && own;
  if (e.deadlock) return e;
  if (r->armed) lw_joint_notice_(&r->block, wakes); // another process's signal came first
  r->registered = false;
  r->unregistered = now;
  r->completion = completion;
  r->completion_handle = completion_handle;
  lw_registration_disarm_(r);
  mark(r);
  if (notices_late && r->queued && lw_runs_in_wait_thread_(r)) lw_wait_thread_withdraw_(r);
  e.over = r->pending == 0;
  e.forgotten = ender && !e.over && fault == (r->queued ? LW_WAIT_FAULT_FORGETS_QUEUED : LW_WAIT_FAULT_FORGETS_RUNNING);
  if (ender && !e.over && !e.forgotten) {
    r->ender = ender;
    e.taken = lw_wait_thread_take_(r, &e.timed_out);
  }
  e.result =
      e.over || ender || fault == LW_WAIT_FAULT_ANSWERS_TRUE || (own && lw_runs_once_(r) && lw_runs_in_wait_thread_(r));
  e.loan = r->loan;
  lw_event(LW_EVENT_UNREGISTER_WAIT, 0, r->number, (uint64_t)(uintptr_t)completion_handle, 0, e.loan.bits,
           e.result ? 0 : ERROR_IO_PENDING);
  return e;
}

/// `first` is told, where it is known, as the moment in which the wait was asked to end.
static BOOL refuse(lw_rule rule, HANDLE _Nullable wait, DWORD error, lw_handle_deed first) {
  lw_report_(NULL, &(lw_finding){.rule = rule,
                                 .api = "UnregisterWaitEx",
                                 .address = wait,
                                 .result = error,
                                 .cancelled = first.stack,
                                 .cancelled_thread = first.thread,
                                 .cancelled_stamp = first.stamp});
  return lw_failed_(error);
}

BOOL lw_unregister_wait_(HANDLE wait, HANDLE completion) {
  bool blocking = completion == INVALID_HANDLE_VALUE;
  lw_object *event = NULL;
  if (completion && !blocking) {
    event = lw_handle_object_for_(completion, &lw_event_type_, EVENT_MODIFY_STATE, "UnregisterWaitEx");
    if (!event) return FALSE;
  }
  lw_sleeper sleeper = lw_sleeper_();
  lw_handle_deed now = lw_handle_deed_now_();
  lw_point(LW_POINT_CANCEL, slot_of(wait), LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  lw_wakes wakes = {NULL};
  ending e = unregister(wait, event, completion, blocking ? &sleeper : NULL, now, &wakes);
  lw_dispatcher_leave_(&wakes);
  if (!e.r || e.deadlock) {
    if (event) lw_object_release_(event);
    if (e.deadlock) return refuse(18, wait, ERROR_INVALID_PARAMETER, e.first);
    lw_event(LW_EVENT_UNREGISTER_WAIT, 0, 0, (uint64_t)(uintptr_t)completion, 0, 0, ERROR_INVALID_HANDLE);
    return e.known ? refuse(8, wait, ERROR_INVALID_HANDLE, e.first) : lw_failed_(ERROR_INVALID_HANDLE);
  }
  if (!lw_loan_is_none(e.loan)) lw_loan_cancelled_(e.loan);
  if (e.over) {
    lw_registration_end_(e.r);
  } else if (blocking && !e.forgotten) {
    if (e.taken) lw_wait_thread_dispatch_(e.r, e.timed_out);
    lw_sleep_(&sleeper, e.r, LW_NEVER);
  }
  return e.result ? TRUE : lw_failed_(ERROR_IO_PENDING);
}

// ------------------------------------------------------------------------------------------------------ accounting

bool lw_handle_is_waited_for_(lw_object *object, HANDLE handle) {
  lw_dispatcher_enter_();
  lw_registration *r;
  TAILQ_FOREACH(r, &object->registrations, on_object) {
    if (r->handle == handle) break;
  }
  lw_lock_release(&lw_dispatcher_);
  return r != NULL;
}

uint64_t lw_registration_count_(void) {
  lw_dispatcher_enter_();
  uint64_t count = registrations.taken;
  lw_lock_release(&lw_dispatcher_);
  return count;
}
