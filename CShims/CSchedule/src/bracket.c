// Calls that block outside of the controller's knowledge, in brackets: the member goes there without the token, others
// go on meanwhile, and its return is an outside source. When nobody else can go on, whoever runs the execution waits in
// its place.
#include <pthread.h>

#include "control.h"

LW_UNSEEN bool lw_bracket_decide_(uint64_t stall_ns) {
  bool waits;
  const lw_deviation *wanted;
  lw_member *next = lw_decide_now_(lw_controller_.left, LW_POINT_PARK, true, &waits, &wanted);
  if (!next) return !waits || lw_outside_wait_(wanted, stall_ns);
  atomic_store(&lw_controller_.progress, LW_PROGRESS_RUNNING);
  lw_token_give_(next);
  return true;
}

static void *wait_for_ever(void *nothing) {
  lw_control_watch_(0);
  return nothing;
}

/// Nobody runs the execution that is a whole program, so a thread of its own waits there.
static void have_waiter(lw_member *self) {
  if (!lw_controller_.is_program || lw_controller_.has_waiter) return;
  lw_controller_.has_waiter = true;
  pthread_t waiter;
  self->is_muted = true; // as in lw_thread_create
  if (pthread_create(&waiter, NULL, wait_for_ever, NULL) != 0) lw_fatal("the system has no thread left to wait");
  pthread_detach(waiter);
  self->is_muted = false;
}

LW_UNSEEN void lw_outside_begin(void) {
  lw_member *self = lw_member_self_;
  if (!self) return;
  have_waiter(self);
  bool waits;
  const lw_deviation *wanted;
  atomic_store(&self->returned, false);
  self->state = LW_MEMBER_OUTSIDE;
  self->object = NULL;
  lw_member *next = lw_decide_now_(self, LW_POINT_PARK, true, &waits, &wanted);
  if (next)
    lw_token_give_(next);
  else if (waits) {
    // Nobody can go on, and this thread has something else to do: whoever runs the execution waits in its place.
    lw_controller_.holder = NULL;
    lw_controller_.left = self;
    atomic_store(&lw_controller_.progress, LW_PROGRESS_LEFT);
    lw_token_wake_(&lw_controller_.progress);
  }
}

LW_UNSEEN void lw_outside_end(void) {
  lw_member *self = lw_member_self_;
  if (!self) return;
  atomic_store(&self->returned, true);
  lw_control_kick_();
  lw_token_await_(self);
  self->state = LW_MEMBER_READY;
  lw_footprints_step_(self, LW_ACT_RETURNED);
}
