// Decisions. One is taken by the member that holds the token, on its own thread; only when another one is chosen does
// the token change hands.
#include "footprints.h"

/// For so long, in real time, a child is waited for at most before a deadline passes: less than the watch of a whole
/// program allows. And for so long what is on its way: from one of the program's sockets to another, back from a call.
static const uint64_t CHILDREN_NS = 30000000000, NEAR_NS = 500000000;

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
  return all_matter ? 0 : lw_strategy_minds_members_until_;
}

/// Nobody can go on, and threads that no token binds could change that. Those of a whole program are all bound.
LW_UNSEEN static bool has_strangers(uint32_t patience, lw_waiting *waiting) {
  waiting->most_ns = lw_controller_.is_program ? 0 : lw_strangers_patience_();
  bool was_in_vain = waiting->most_ns != 0 && !(patience & LW_PATIENCE_WORLD);
  if (was_in_vain) lw_strangers_did_not_come_();
  return waiting->most_ns != 0 && !was_in_vain;
}

/// Nobody can go on, and somebody in the world could change that. A program without children whose sources end in
/// itself is stuck when nothing is on its way.
LW_UNSEEN static bool has_world(const lw_standing *all, uint32_t patience, lw_waiting *waiting) {
  if (all->able != 0) return false;
  if (!(all->is_awaited || lw_outside_is_watched_())) return has_strangers(patience, waiting);
  if (all->is_awaited || !lw_controller_.is_program || lw_outside_has_children_() || !lw_outside_is_near_())
    return true;
  waiting->most_ns = NEAR_NS;
  return patience & LW_PATIENCE_WORLD;
}

/// A program that waits for a child, or for what comes back from outside of control, but no longer than some time,
/// waits for it indeed: that needs real time.
LW_UNSEEN static bool waits_for_other(const lw_standing *all, lw_waiting *waiting) {
  uint16_t place;
  if (all->returned != 0 || lw_outside_ready_(&place, 1) != 0) return false;
  uint64_t ns = all->earliest - lw_controller_.now, most = lw_outside_has_children_() ? CHILDREN_NS : NEAR_NS;
  waiting->most_ns = ns < most ? ns : most;
  return true;
}

static inline uint32_t earlier(uint64_t one, uint64_t other) { return (uint32_t)(one < other ? one : other); }

/// Up to which step a member that was let run at `step` goes on at his points if nothing changes: the default rule
/// keeps him, and of the same members the strategy picks the same.
LW_UNSEEN static uint32_t end_of_course(const lw_member *next, uint32_t step, bool has_others) {
  const lw_execution *execution = lw_controller_.execution;
  uint32_t end = earlier(members_matter_until(), execution->steps_max); // The strategy may have changed its mind.
  if (execution->stop_before != 0) end = earlier(end, execution->stop_before - 1);
  end = earlier(end, (uint64_t)step + LW_DECISIONS_MAX - next->ordinal);
  if (!has_others) return end;
  uint32_t fair = next->in_a_row < LW_FAIR_POINTS ? LW_FAIR_POINTS - next->in_a_row : 0;
  return earlier(end, (uint64_t)step + fair);
}

LW_UNSEEN lw_member *lw_decide_now_(lw_member *self, lw_point_kind kind, uint32_t patience, bool *waits,
                                    lw_waiting *waiting) {
  // One that was thought to block for good came back: whoever ran the execution has turned away.
  while (lw_controller_.given_up) lw_token_wait_while_(&self->go, atomic_load(&self->go), 0);
  lw_choice_point at = {.member = self, .kind = kind, .step = lw_control_step_()};
  lw_course course = {.kicks = atomic_load(&lw_controller_.kicks)};
  lw_controller_.course = course;
  lw_standing all = lw_alternatives_look_(lw_controller_.now);
  const lw_deviation *wanted = wanted_here(self);
  // Background members may park with deadlines of their own for ever.
  bool over = lw_controller_.is_program ? !all.is_any_alive : lw_controller_.parts_left == 0;
  bool is_due = wanted && (patience & LW_PATIENCE_SCHEDULE) && !over && lw_outside_is_awaited_(wanted);
  *waiting = (lw_waiting){.awaited = is_due ? wanted : NULL};
  *waits = is_due;
  if (*waits) return NULL;
  uint16_t place;
  // What is ready is delivered first: the child that has ended and was not asked for is no news for the next execution.
  if (all.able == 0 && over && lw_outside_ready_(&place, 1) == 0) {
    lw_control_finish_(LW_EXECUTION_ENDED);
    return NULL;
  }
  bool waits_for_world = has_world(&all, patience, waiting);
  all.is_world_first = waits_for_world && all.timed != 0 && (patience & LW_PATIENCE_OTHERS) &&
                       lw_controller_.is_program && (all.is_awaited || lw_outside_has_children_());
  bool is_time_wanted = wanted && wanted->turn == LW_TURN_TIMEOUT && all.timed >> wanted->value & 1;
  *waits = all.is_world_first && !is_time_wanted && waits_for_other(&all, waiting);
  if (*waits) return NULL;
  lw_alternatives_collect_(&at, &all, at.step < members_matter_until());
  *waits = at.count == 0 && waits_for_world;
  if (*waits) return NULL;
  if (at.count == 0 || at.step >= lw_controller_.execution->steps_max || self->ordinal >= LW_DECISIONS_MAX) {
    lw_control_finish_(at.count == 0 ? LW_EXECUTION_STUCK : LW_EXECUTION_ENDLESS);
    return NULL;
  }
  const lw_deviation *chosen = choose(&at, wanted);
  note_step(self, at.step);
  lw_member *next = take_effect(chosen);
  course.has_others = (all.able & ~(1ull << next->index)) != 0;
  if (is_steady(&all) && chosen->turn == LW_TURN_RUN) course.end = end_of_course(next, at.step + 1, course.has_others);
  lw_controller_.course = course;
  return next;
}

LW_UNSEEN lw_member *lw_decide_(lw_member *self, lw_point_kind kind, uint64_t longest_ns) {
  const uint64_t patience_ns = lw_controller_.execution->patience_ns;
  bool waits;
  uint32_t patience = LW_PATIENCE_ALL;
  lw_waiting waiting;
  for (;;) {
    lw_member *next = lw_decide_now_(self, kind, patience, &waits, &waiting);
    if (next || !waits) return next;
    // What is prescribed of the world may never come, in a schedule that others were taken out of: then it is stray.
    bool may_stray = waiting.awaited && waiting.awaited->turn == LW_TURN_READY && patience_ns != 0;
    uint64_t ns = may_stray ? patience_ns : waiting.most_ns != 0 ? waiting.most_ns : longest_ns;
    if (lw_outside_wait_(waiting.awaited, ns)) continue;
    if (may_stray)
      patience &= ~(uint32_t)LW_PATIENCE_SCHEDULE;
    else if (waiting.most_ns != 0)
      patience &= LW_PATIENCE_SCHEDULE;
    else
      return NULL;
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
LW_UNSEEN __attribute__((noinline)) static void take_turn(lw_member *self, lw_point_kind kind) {
  if (lw_controller_.is_program) self->place = lw_place_();
  lw_member *next = lw_decide_(self, kind, 0);
  if (next != self) {
    if (next) lw_token_give_(next);
    lw_token_await_(self);
  }
  turn_is_here(self);
}

/// A decision that comes to what the last one came to: the member goes on. False when that is not sure.
LW_UNSEEN static inline bool goes_on(lw_member *self) {
  const lw_course *course = &lw_controller_.course;
  uint32_t step = lw_control_step_();
  // What changes the standing of members from outside is counted when it has been done. acquire: the count comes first
  // in lw_decide_now_, so that it cannot cover what the look at the members has missed.
  uint32_t kicks = atomic_load_explicit(&lw_controller_.kicks, memory_order_acquire);
  if (__builtin_expect(step >= course->end || kicks != course->kicks, 0)) return false;
  self->in_a_row = course->has_others ? self->in_a_row + 1 : 0;
  note_step(self, step);
  return true;
}

LW_UNSEEN void lw_control_let_go_(void) {
  if (lw_member_self_) {
    lw_controller_.course.end = 0;
    return;
  }
  lw_strangers_have_come_();
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
