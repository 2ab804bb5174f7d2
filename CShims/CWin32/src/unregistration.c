// Ending registered waits and timers: what asks for it finds, in one locked section, whether a callback is pending.
#include "joint.h"
#include "registration.h"

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

bool lw_registration_leave_(lw_registration *r, lw_object *completion, HANDLE completion_handle, lw_handle_deed now) {
  r->registered = false;
  r->unregistered = now;
  r->completion = completion;
  r->completion_handle = completion_handle;
  lw_registration_disarm_(r);
  if (notices_late && r->queued && lw_runs_in_wait_thread_(r)) lw_wait_thread_withdraw_(r);
  return r->pending == 0;
}

bool lw_find_completion_(HANDLE completion, const char *api, lw_object **event) {
  *event = NULL;
  if (!completion || completion == INVALID_HANDLE_VALUE) return true;
  *event = lw_handle_object_for_(completion, &lw_event_type_, EVENT_MODIFY_STATE, api);
  return *event != NULL;
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
static ending look_up(HANDLE _Nullable wait, bool is_timer) LW_REQUIRES(lw_dispatcher_) {
  lw_registration *r = lw_registration_slot_(wait);
  if (!r) return (ending){.r = NULL};
  uint64_t generation = lw_registration_generation_(wait);
  if (generation == r->generation && (r->queue != NULL) != is_timer) return (ending){.r = NULL};
  if (generation == r->generation && r->registered) return (ending){.r = r};
  ending e = {.known = generation <= r->generation};
  if (generation == r->generation) e.first = r->unregistered;
  return e;
}

static ending unregister(HANDLE _Nullable wait, bool is_timer, lw_object *_Nullable completion,
                         HANDLE _Nullable completion_handle, lw_sleeper *_Nullable ender, lw_handle_deed now,
                         lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  ending e = look_up(wait, is_timer);
  lw_registration *r = e.r;
  if (!r) return e;
  bool own = lw_registration_is_running_here_(r);
  e.deadlock = ender && own;
  if (e.deadlock) return e;
  if (r->armed && r->object) lw_joint_notice_(&r->block, wakes); // another process's signal came first
  mark(r);
  e.over = lw_registration_leave_(r, completion, completion_handle, now);
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

BOOL lw_refuse_ending_(lw_rule rule, const char *api, HANDLE wait, DWORD error, lw_handle_deed first) {
  lw_report_(NULL, &(lw_finding){.rule = rule,
                                 .api = api,
                                 .address = wait,
                                 .result = error,
                                 .cancelled = first.stack,
                                 .cancelled_thread = first.thread,
                                 .cancelled_stamp = first.stamp});
  return lw_failed_(error);
}

BOOL lw_unregister_wait_(HANDLE wait, HANDLE completion) {
  return lw_end_registration_(wait, false, completion, "UnregisterWaitEx");
}

BOOL lw_end_registration_(HANDLE wait, bool is_timer, HANDLE completion, const char *api) {
  bool blocking = completion == INVALID_HANDLE_VALUE;
  lw_object *event;
  if (!lw_find_completion_(completion, api, &event)) return FALSE;
  lw_sleeper sleeper = lw_sleeper_();
  lw_handle_deed now = lw_handle_deed_now_();
  lw_point(LW_POINT_CANCEL, lw_registration_slot_(wait), LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  lw_wakes wakes = {NULL};
  ending e = unregister(wait, is_timer, event, completion, blocking ? &sleeper : NULL, now, &wakes);
  lw_dispatcher_leave_(&wakes);
  if (!e.r || e.deadlock) {
    if (event) lw_object_release_(event);
    if (e.deadlock) return lw_refuse_ending_(18, api, wait, ERROR_INVALID_PARAMETER, e.first);
    lw_event(LW_EVENT_UNREGISTER_WAIT, 0, 0, (uint64_t)(uintptr_t)completion, 0, 0, ERROR_INVALID_HANDLE);
    return e.known ? lw_refuse_ending_(8, api, wait, ERROR_INVALID_HANDLE, e.first) : lw_failed_(ERROR_INVALID_HANDLE);
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
