// The states of a registered wait, all of them under the dispatcher lock, and the call of its callback.
#include "joint.h"
#include "registration.h"

/// The callbacks that the calling thread is inside of, innermost first.
typedef struct callback_frame {
  const lw_registration *registration;
  const struct callback_frame *_Nullable outer;
} callback_frame;
static _Thread_local const callback_frame *running;

/// Ends one stretch of waiting. True when another process had granted it.
static bool stand_down(lw_registration *r) LW_REQUIRES(lw_dispatcher_) {
  bool granted = r->object && lw_wait_block_leave_(&r->block);
  if (r->ms != INFINITE) lw_wait_thread_untime_(r);
  r->armed = false;
  return granted;
}

static void stop_using_object(lw_registration *r) LW_REQUIRES(lw_dispatcher_) {
  if (!r->uses_object) return;
  TAILQ_REMOVE(&r->object->registrations, r, on_object);
  r->uses_object = false;
}

static bool satisfy(lw_wait_block *block, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  lw_object_consume_(block->object);
  lw_registration_fire_(block->waiter, false, wakes);
  return true;
}

static void granted(lw_wait_block *block, bool abandoned, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  (void)abandoned;
  lw_registration_fire_(block->waiter, false, wakes);
}

static void join(lw_wait_block *block) LW_REQUIRES(lw_dispatcher_) { lw_joint_join_(block, 1, false, NULL); }

static const lw_waiter_type waiter_type = {.satisfy = satisfy, .granted = granted, .join = join};

/// The same look at a joint object, between the processes.
static void arm_joint(lw_registration *r, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  lw_joint_begin_();
  if (lw_joint_is_ready_(r->object, NULL))
    satisfy(&r->block, wakes);
  else
    lw_joint_join_(&r->block, 1, false, NULL);
  lw_joint_end_();
}

/// Puts it among those who wait for its object.
static void stand_up(lw_registration *r, lw_object *object) LW_REQUIRES(lw_dispatcher_) {
  r->block = (lw_wait_block){.object = object, .waiter_type = &waiter_type, .waiter = r};
  TAILQ_INSERT_TAIL(&object->blocks, &r->block, link);
  if (r->uses_object) return;
  TAILQ_INSERT_TAIL(&object->registrations, r, on_object);
  r->uses_object = true;
}

void lw_registration_arm_(lw_registration *r, lw_wakes *wakes) {
  if (r->object) stand_up(r, r->object);
  r->armed = true;
  if (r->ms != INFINITE) {
    r->deadline = lw_deadline_(r->ms);
    lw_wait_thread_time_(r, wakes);
  }
  if (!r->object) return;
  if (r->object->joint)
    arm_joint(r, wakes);
  else if (lw_object_is_ready_(r->object, NULL))
    satisfy(&r->block, wakes);
}

void lw_registration_fire_(lw_registration *r, bool timed_out, lw_wakes *wakes) {
  bool granted = stand_down(r);
  if (lw_runs_once_(r)) stop_using_object(r);
  if (r->queue) r->ms = r->period;
  r->queued = true;
  r->timed_out = timed_out && !granted;
  r->pending++;
  lw_wait_thread_push_(r, wakes);
}

void lw_registration_disarm_(lw_registration *r) {
  if (r->armed) stand_down(r);
  stop_using_object(r);
}

bool lw_registration_returned_(lw_registration *r, lw_wakes *wakes) {
  r->pending--;
  r->returned++;
  if (r->registered && !lw_runs_once_(r) && !r->armed && !r->queued) lw_registration_arm_(r, wakes);
  return !r->registered && r->pending == 0;
}

void lw_registration_call_(lw_registration *r, bool timed_out) {
  callback_frame frame = {.registration = r, .outer = running};
  lw_point(LW_POINT_CALLBACK, r, LW_ACCESS_WRITE);
  running = &frame;
  lw_event(LW_EVENT_CALLBACK_ENTER, 0, r->number, 0, 0, r->loan.bits, timed_out);
  r->callback(r->context, timed_out);
  lw_event(LW_EVENT_CALLBACK_LEAVE, 0, r->number, 0, 0, 0, 0);
  running = frame.outer;
}

bool lw_registration_is_running_here_(const lw_registration *r) {
  for (const callback_frame *frame = running; frame; frame = frame->outer)
    if (frame->registration == r) return true;
  return false;
}
