// Decisions. One is taken by the member that holds the token, on its own thread; only when another one is chosen does
// the token change hands.
#include "control.h"

const char *lw_turn_name(lw_turn turn) {
  static const char *const names[] = {
#define X(symbol, name) [symbol] = name,
      LW_TURNS(X)
#undef X
  };
  return (uint32_t)turn < LW_TURN_COUNT ? names[turn] : "unknown";
}

/// What is prescribed, or what the strategy picks; written down before it takes effect.
LW_UNSEEN static const lw_deviation *choose(lw_choice_point *at, const lw_deviation *_Nullable wanted) {
  uint32_t chosen = 0;
  int32_t prescribed = wanted ? lw_deviations_find_(at, wanted) : -1;
  if (prescribed >= 0)
    chosen = (uint32_t)prescribed;
  else if (at->count > 1)
    chosen = lw_strategy_pick_(at);
  if (chosen != 0 || lw_controller_.execution->log) lw_deviations_note_(at, chosen);
  return &at->alternatives[chosen];
}

/// Mostly nothing is prescribed at all.
LW_UNSEEN static const lw_deviation *_Nullable wanted_here(const lw_member *self) {
  return lw_controller_.execution->prescribed_count != 0 ? lw_deviations_wanted_(self) : NULL;
}

/// Lets what was chosen happen. Returns the member who is to go on.
LW_UNSEEN static lw_member *take_effect(const lw_deviation *chosen) {
  if (chosen->turn == LW_TURN_READY) return lw_outside_deliver_(chosen->value);
  lw_member *next = &lw_members_[chosen->value];
  if (chosen->turn == LW_TURN_TIMEOUT) {
    lw_footprints_touch_(next, &lw_controller_.now, LW_ACCESS_WRITE);
    if (next->deadline > lw_controller_.now) lw_controller_.now = next->deadline;
  }
  next->resumed_by = (lw_turn)chosen->turn;
  return next;
}

/// Takes note that a decision was taken, before it takes effect.
LW_UNSEEN static void note_step(lw_member *self, uint32_t step) {
  self->ordinal++;
  // relaxed: read by the member that has the token, and, for how far an execution has come, by whoever runs it.
  atomic_store_explicit(&lw_controller_.step, step + 1, memory_order_relaxed);
}

/// Whether what was decided holds for the decisions that follow: nothing that members wait for comes about by itself.
LW_UNSEEN static bool is_steady(const lw_standing *all) {
  return all->timed == 0 && !all->is_awaited && !all->is_contended && lw_outside_count_ == 0;
}

/// The step before which nothing matters but who can go on.
LW_UNSEEN static uint32_t members_matter_until(void) {
  bool all_matter = lw_controller_.execution->prescribed_count != 0 || lw_controller_.execution->log;
  return all_matter ? 0 : lw_strategy_minds_members_until_();
}

LW_UNSEEN lw_member *lw_decide_now_(lw_member *self, lw_point_kind kind, bool patience, bool *waits,
                                    const lw_deviation *_Nullable *_Nonnull awaited) {
  // One that was thought to block for good came back: whoever ran the execution has turned away.
  while (lw_controller_.given_up) lw_token_wait_while_(&self->go, atomic_load(&self->go), 0);
  lw_choice_point at = {.member = self, .kind = kind, .step = lw_control_step_()};
  lw_course course = {.kicks = atomic_load(&lw_controller_.kicks)};
  lw_controller_.course = course;
  lw_standing all = lw_alternatives_look_(lw_controller_.now);
  const lw_deviation *wanted = wanted_here(self);
  // Background members may park with deadlines of their own for ever.
  bool over = lw_controller_.is_program ? !all.is_any_alive : lw_controller_.parts_left == 0;
  *awaited = wanted && patience && !over && lw_outside_is_awaited_(wanted) ? wanted : NULL;
  *waits = *awaited != NULL;
  if (*waits) return NULL;
  if (all.able == 0 && over) {
    lw_control_finish_(LW_EXECUTION_ENDED);
    return NULL;
  }
  lw_alternatives_collect_(&at, &all, at.step < members_matter_until());
  *waits = at.count == 0 && (all.is_awaited || lw_outside_is_watched_());
  if (*waits) return NULL;
  if (at.count == 0 || at.step >= lw_controller_.execution->steps_max || self->ordinal >= LW_DECISIONS_MAX) {
    lw_control_finish_(at.count == 0 ? LW_EXECUTION_STUCK : LW_EXECUTION_ENDLESS);
    return NULL;
  }
  const lw_deviation *chosen = choose(&at, wanted);
  note_step(self, at.step);
  lw_member *next = take_effect(chosen);
  course.end = members_matter_until(); // The strategy may have changed its mind.
  // Whoever was let run goes on at his points until others can: the default rule keeps him, and of the same members the
  // strategy picks the same.
  course.is_set = at.step < course.end && is_steady(&all) && chosen->turn == LW_TURN_RUN;
  course.has_others = (all.able & ~(1ull << next->index)) != 0;
  lw_controller_.course = course;
  return next;
}

LW_UNSEEN lw_member *lw_decide_(lw_member *self, lw_point_kind kind, uint64_t longest_ns) {
  const uint64_t patience_ns = lw_controller_.execution->patience_ns;
  // What is prescribed of the world may never come, in a schedule that others were taken out of: then it is stray.
  bool waits, patience = true;
  const lw_deviation *wanted;
  for (;;) {
    lw_member *next = lw_decide_now_(self, kind, patience, &waits, &wanted);
    if (next || !waits) return next;
    bool impatient = wanted && wanted->turn == LW_TURN_READY && patience_ns != 0;
    if (lw_outside_wait_(wanted, impatient ? patience_ns : longest_ns)) continue;
    if (!impatient) return NULL;
    patience = false;
  }
}

__attribute__((noinline)) void lw_control_stop_here(void) { __asm__ volatile(""); }

/// The member may act.
LW_UNSEEN static void turn_is_here(lw_member *self) {
  self->state = LW_MEMBER_READY;
  self->yields = false;
  if (lw_control_step_() == lw_controller_.execution->stop_before) lw_control_stop_here();
}

/// Takes a decision and comes back when it is the member's turn.
LW_UNSEEN static void take_turn(lw_member *self, lw_point_kind kind) {
  lw_member *next = lw_decide_(self, kind, 0);
  if (next != self) {
    if (next) lw_token_give_(next);
    lw_token_await_(self);
  }
  turn_is_here(self);
}

/// A decision that comes to what the last one came to: the member goes on. False when that is not sure.
LW_UNSEEN static bool goes_on(lw_member *self) {
  const lw_course *course = &lw_controller_.course;
  uint32_t step = lw_control_step_();
  if (!course->is_set || step >= course->end || step >= lw_controller_.execution->steps_max) return false;
  if (self->ordinal >= LW_DECISIONS_MAX || (course->has_others && self->in_a_row >= LW_FAIR_POINTS)) return false;
  // What changes the standing of members from outside is counted when it has been done. acquire: the count comes first
  // in lw_decide_now_, so that it cannot cover what the look at the members has missed.
  if (atomic_load_explicit(&lw_controller_.kicks, memory_order_acquire) != course->kicks) return false;
  if (lw_controller_.given_up || lw_outside_count_ != 0) return false;
  self->in_a_row = course->has_others ? self->in_a_row + 1 : 0;
  note_step(self, step);
  turn_is_here(self);
  return true;
}

LW_UNSEEN void lw_control_let_go_(void) {
  if (lw_member_self_)
    lw_controller_.course.is_set = false;
  else
    lw_control_kick_();
}

LW_UNSEEN void lw_control_begun_(lw_member *self) {
  if (self->ordinal != 0) { // he is the one in whose name the first decision was taken
    turn_is_here(self);
    lw_footprints_step_(self, LW_POINT_BEGIN);
  }
  lw_footprints_step_(self, LW_ACT_BEGUN);
}

LW_UNSEEN void lw_control_point_(lw_member *member, lw_point_kind kind, const void *object, lw_access access) {
  if (member->is_muted) return;
  member->kind = kind;
  member->object = object;
  member->access = access;
  lw_controller_.result.points_reached |= 1ull << kind;
  if (!goes_on(member)) take_turn(member, kind);
  lw_footprints_step_(member, (uint32_t)kind);
  if (object) lw_footprints_touch_(member, object, access);
}

LW_UNSEEN void lw_control_block_(lw_member *member, lw_member_state state, const void *object) {
  member->state = state;
  member->kind = LW_POINT_PARK;
  member->object = object;
  member->resumed_by = LW_TURN_RUN;
  member->in_a_row = 0;
  lw_controller_.result.points_reached |= 1ull << (state == LW_MEMBER_LOCKING ? LW_POINT_LOCK : LW_POINT_PARK);
  take_turn(member, LW_POINT_PARK);
}

LW_UNSEEN uint32_t lw_control_choose_(lw_member *member, lw_choice_kind kind, const void *object, uint32_t count) {
  lw_choice_point at = {.member = member, .kind = member->kind, .step = lw_control_step_()};
  if (at.step >= lw_controller_.execution->steps_max || member->ordinal >= LW_DECISIONS_MAX) {
    lw_control_finish_(LW_EXECUTION_ENDLESS);
    lw_token_await_(member); // for ever
  }
  lw_alternatives_of_values_(&at, count);
  uint32_t value = choose(&at, wanted_here(member))->value;
  note_step(member, at.step);
  lw_footprints_step_(member, LW_ACT_CHOICE + value);
  if (object) lw_footprints_touch_(member, object, kind == LW_CHOICE_REUSE ? LW_ACCESS_WRITE : LW_ACCESS_READ);
  return value;
}

LW_UNSEEN void lw_control_leave_(lw_member *member) {
  member->object = NULL;
  lw_member *next = lw_decide_(member, LW_POINT_PARK, 0);
  if (next) lw_token_give_(next);
}
