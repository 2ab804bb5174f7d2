// Calls that block outside of the controller's knowledge, in brackets: the member goes there without the token, others
// go on meanwhile, and its return is an outside source. When nobody else can go on, whoever runs the execution waits in
// its place.
#include "footprints.h"

LW_UNSEEN bool lw_bracket_decide_(uint64_t stall_ns) {
  bool waits;
  lw_waiting waiting;
  lw_member *left = lw_controller_.left;
  lw_member *next = lw_decide_now_(left, LW_POINT_PARK, LW_PATIENCE_ALL, &waits, &waiting);
  if (!next && waits && waiting.most_ns != 0) {
    if (lw_outside_wait_(NULL, waiting.most_ns)) return true;
    next = lw_decide_now_(left, LW_POINT_PARK, LW_PATIENCE_SCHEDULE, &waits, &waiting);
  }
  if (!next) return !waits || lw_outside_wait_(waiting.awaited, stall_ns);
  atomic_store(&lw_controller_.progress, LW_PROGRESS_RUNNING);
  lw_token_give_(next);
  return true;
}

LW_UNSEEN void lw_outside_begin(void) {
  lw_member *self = lw_member_self_;
  if (!self) return;
  bool waits;
  lw_waiting waiting;
  atomic_store(&self->returned, false);
  self->state = LW_MEMBER_OUTSIDE;
  self->object = NULL;
  lw_member *next = lw_decide_now_(self, LW_POINT_PARK, LW_PATIENCE_ALL, &waits, &waiting);
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
