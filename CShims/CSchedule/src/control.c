// The session and its one execution at a time: how it begins, how its end is waited for, and what it came to.
#include <sys/syscall.h>
#include <unistd.h>

#include "footprints.h"

enum { TICK_NS = 1000, START_NS = 1000000000, NEWEST_EVENTS = 1024 };

lw_controller lw_controller_;

LW_UNSEEN const lw_member *lw_control_holder_(void) { return lw_controller_.holder; }
LW_UNSEEN lw_time lw_control_now_(void) {
  lw_footprints_touch_(lw_member_self_, &lw_controller_.now, LW_ACCESS_WRITE);
  return lw_controller_.now += TICK_NS;
}

LW_UNSEEN void lw_control_finish_(lw_execution_end end) {
  lw_member *driver = lw_controller_.driver;
  lw_program_finish_(end);
  lw_controller_.result.end = end;
  if (driver && end == LW_EXECUTION_ENDED) {
    // relaxed: the driver is who asked, and others look again.
    atomic_store_explicit(&lw_controller_.progress, LW_PROGRESS_BETWEEN, memory_order_relaxed);
    if (driver != lw_member_self_) lw_token_give_(driver);
    return;
  }
  lw_controller_.holder = NULL;
  lw_controller_.result.switches++; // back to whoever runs the execution
  atomic_store(&lw_controller_.progress, LW_PROGRESS_OVER);
  lw_token_wake_(&lw_controller_.progress);
}

void lw_control_begin(void) {
  if (lw_controller_.session) return;
  lw_outside_begin_session_();
  // Events say which blocks an act touches: without them acts on one block would seem independent.
  // relaxed: nobody records yet.
  if (atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed) == 0) lw_trace_start_newest(NEWEST_EVENTS);
  lw_controller_.session = true;
  atomic_fetch_or(&lw_points_armed_, LW_ARMED_CONTROL);
}

// relaxed: threads that exist before the session begins may ask, and belong to it neither way.
bool lw_control_is_on(void) { return atomic_load_explicit(&lw_controller_.session, memory_order_relaxed); }

bool lw_control_runs_(void) {
  return atomic_load(&lw_controller_.begun) && atomic_load(&lw_controller_.progress) != LW_PROGRESS_OVER;
}

/// Everything as at the beginning of every execution.
LW_UNSEEN static void prepare(const lw_execution *execution) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++) {
    lw_member *member = &lw_members_[i];
    member->ordinal = 0;
    member->told_at = UINT16_MAX;
    member->place = 0;
    member->in_a_row = 0;
    member->often = 0;
    member->chain = 0;
    if (member->pooled) member->kind = LW_POINT_BEGIN;
    if (member->pooled) member->object = NULL;
    // As far away as it was.
    if (member->deadline != LW_NEVER && member->deadline > lw_controller_.now)
      member->deadline -= lw_controller_.now - START_NS;
  }
  lw_controller_.execution = execution;
  // relaxed: one thread at a time counts; see lw_control_watch_.
  atomic_fetch_add_explicit(&lw_controller_.executions, 1, memory_order_relaxed);
  lw_controller_.result = (lw_execution_result){.end = LW_EXECUTION_ENDED};
  lw_controller_.now = START_NS;
  lw_controller_.course.end = 0;
  // relaxed, all three: whoever looks from outside looks again.
  atomic_store_explicit(&lw_controller_.step, 0, memory_order_relaxed);
  atomic_store_explicit(&lw_controller_.progress, LW_PROGRESS_RUNNING, memory_order_relaxed);
  atomic_store_explicit(&lw_controller_.begun, true, memory_order_relaxed);
  lw_alternatives_begin_();
  lw_deviations_begin_(execution);
  lw_strategy_begin_(&execution->strategy);
  lw_footprints_begin_();
}

LW_UNSEEN bool lw_control_watch_(uint64_t stall_ns) {
  uint64_t seen = UINT64_MAX;
  for (;;) {
    uint32_t progress = atomic_load(&lw_controller_.progress);
    if (progress == LW_PROGRESS_OVER) return true;
    bool in_time = progress == LW_PROGRESS_LEFT ? lw_bracket_decide_(stall_ns)
                                                : lw_token_wait_while_(&lw_controller_.progress, progress, stall_ns);
    if (in_time) continue;
    // relaxed: a later look sees a later execution.
    uint64_t execution = atomic_load_explicit(&lw_controller_.executions, memory_order_relaxed);
    uint64_t now = execution << 32 | lw_control_step_();
    progress = atomic_load(&lw_controller_.progress);
    if (now == seen && (progress == LW_PROGRESS_RUNNING || progress == LW_PROGRESS_LEFT)) return false;
    seen = progress == LW_PROGRESS_BETWEEN ? UINT64_MAX : now;
  }
}

LW_UNSEEN lw_execution_result lw_control_result_(void) {
  lw_execution_result result = lw_controller_.result;
  result.steps = lw_control_step_();
  result.class_ = lw_footprints_class_();
  lw_deviations_end_(&result);
  return result;
}

LW_UNSEEN lw_execution_result lw_control_give_up_(bool over) {
  atomic_store(&lw_controller_.given_up, true);
  atomic_fetch_add(&lw_controller_.kicks, 1); // Who comes back after all looks up at his next point.
  lw_execution_result result = lw_control_result_();
  if (!over) result.end = LW_EXECUTION_STALLED;
  return result;
}

void lw_control_adopt_(const lw_execution *execution) {
  lw_control_begin();
  lw_controller_.is_program = true;
  lw_member *self = lw_member_make_(lw_thread_self());
  self->state = LW_MEMBER_READY;
  prepare(execution);
  self->system_id = (int32_t)syscall(SYS_gettid);
  lw_controller_.holder = self;
  lw_member_self_ = self;
}

LW_UNSEEN lw_execution_result lw_control_execute(const lw_execution *execution) {
  if (!lw_controller_.session || execution->part_count == 0)
    lw_fatal("an execution needs a session and at least one part");
  if (lw_member_self_) lw_fatal("an execution was begun from inside of one");
  if (lw_controller_.given_up) lw_fatal("an execution did not end, so no other can begin in this process");
  lw_members_pool_(execution->part_count);
  prepare(execution);
  lw_member *first = lw_members_cast_(execution->parts, execution->part_count);
  // The first decision is the first part's, which need not be woken for it.
  first->kind = LW_POINT_BEGIN;
  lw_controller_.result.points_reached |= 1ull << LW_POINT_BEGIN;
  lw_member *next = lw_decide_(first, LW_POINT_BEGIN, execution->stall_ns);
  bool over = true;
  if (lw_drive_is_here_()) {
    lw_drive_execution_(next);
  } else {
    if (next) lw_token_give_(next);
    bool begun = next || lw_controller_.progress == LW_PROGRESS_OVER;
    over = begun && lw_control_watch_(execution->stall_ns);
  }
  lw_members_gather_();
  return over && lw_controller_.result.end == LW_EXECUTION_ENDED ? lw_control_result_() : lw_control_give_up_(over);
}
