// What may happen next at a decision, the default first. What the world outside does - a descriptor gets ready, a call
// returns - stands behind what only depends on the program, so that the default does not change with its timing.
#include "control.h"

static lw_deviation alternatives[LW_ALTERNATIVES_MAX];
/// Decisions since the world was last let in although it had something to say, and since a deadline passed although
/// one was there.
static uint32_t world_passed_over, time_passed_over;

LW_UNSEEN static void add(lw_choice_point *at, lw_turn turn, uint32_t value) {
  if (at->count == LW_ALTERNATIVES_MAX) return;
  alternatives[at->count++] = (lw_deviation){
      .member = at->member->index, .ordinal = at->member->ordinal, .turn = (uint16_t)turn, .value = (uint16_t)value};
}

/// Alternatives of one kind for a set of members.
LW_UNSEEN static void add_all(lw_choice_point *at, lw_turn turn, uint64_t set) {
  lw_deviation next = {.member = at->member->index, .ordinal = at->member->ordinal, .turn = (uint16_t)turn};
  uint32_t count = at->count;
  for (; set != 0 && count < LW_ALTERNATIVES_MAX; set &= set - 1) {
    next.value = (uint16_t)__builtin_ctzll(set);
    alternatives[count++] = next;
  }
  at->count = count;
}

LW_UNSEEN void lw_alternatives_of_values_(lw_choice_point *at, uint32_t count) {
  at->alternatives = alternatives;
  for (uint32_t value = 0; value < count && value < LW_ALTERNATIVES_MAX; value++) add(at, LW_TURN_VALUE, value);
}

/// A member that nobody has let go from its park.
LW_UNSEEN static void look_at_parked(lw_standing *all, const lw_member *member, uint64_t bit, lw_time now) {
  if (member->deadline <= now) {
    all->able |= bit;
    return;
  }
  if (member->may_wake) all->wakeable |= bit;
  if (member->deadline < all->earliest) {
    all->earliest = member->deadline;
    all->timed = 0;
  }
  if (member->deadline != LW_NEVER && member->deadline == all->earliest) all->timed |= bit;
}

LW_UNSEEN lw_standing lw_alternatives_look_(lw_time now) {
  lw_standing all = {.earliest = LW_NEVER};
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++) {
    const lw_member *member = &lw_members_[i];
    uint64_t bit = 1ull << i;
    switch (member->state) {
    case LW_MEMBER_RESTING:
    case LW_MEMBER_LEFT:
      continue;
    case LW_MEMBER_READY:
      all.able |= bit;
      break;
    case LW_MEMBER_PARKED:
      if (lw_member_is_unparked_(member))
        all.able |= bit;
      else
        look_at_parked(&all, member, bit, now);
      break;
    case LW_MEMBER_LOCKING:
      all.is_contended = true;
      // relaxed: whoever released it gave the token away since.
      if (!(atomic_load_explicit(&member->lock->state_, memory_order_relaxed) & LW_LOCK_HELD)) all.able |= bit;
      break;
    case LW_MEMBER_JOINING:
      if (member->joined->state == LW_MEMBER_RESTING) all.able |= bit;
      break;
    case LW_MEMBER_OUTSIDE:
      all.is_awaited = true;
      if (atomic_load(&member->returned)) all.returned |= bit;
      break;
    case LW_MEMBER_POLLING:
      break;
    }
    all.is_any_alive = true;
  }
  return all;
}

/// The next one of `set` behind `index`, round; `set` is not empty.
LW_UNSEEN static uint32_t next_behind(uint64_t set, uint32_t index) {
  uint64_t behind = index == 63 ? 0 : set & ~((2ull << index) - 1);
  return (uint32_t)__builtin_ctzll(behind ? behind : set);
}

/// Whether the default rule has `member` stand back although it could go on.
LW_UNSEEN static bool stands_back(lw_member *member, uint64_t others) {
  if (others == 0 || !member->yields) member->in_a_row = others == 0 ? 0 : member->in_a_row + 1;
  bool back = others != 0 && (member->yields || member->in_a_row > LW_FAIR_POINTS);
  if (back) member->in_a_row = 0;
  return back;
}

LW_UNSEEN static void add_members(lw_choice_point *at, uint64_t able) {
  lw_member *self = at->member;
  uint64_t own = 1ull << self->index, others = able & ~own;
  bool stays = (able & own) && !stands_back(self, others);
  uint32_t usual = stays ? self->index : next_behind(others ? others : able, self->index);
  add(at, LW_TURN_RUN, usual);
  add_all(at, LW_TURN_RUN, able & ~(1ull << usual));
}

/// Whether something that `is_there` has been passed over for so long that the default lets it come first.
LW_UNSEEN static bool is_due(uint32_t *passed_over, uint32_t most, bool is_there) {
  *passed_over = is_there ? *passed_over + 1 : 0;
  if (*passed_over <= most) return false;
  *passed_over = 0;
  return true;
}

LW_UNSEEN void lw_alternatives_collect_(lw_choice_point *at, const lw_standing *all, bool members_only) {
  uint16_t ready[LW_ALTERNATIVES_MAX];
  uint32_t ready_count = lw_outside_count_ != 0 ? lw_outside_ready_(ready, LW_ALTERNATIVES_MAX) : 0;
  bool world_first =
      all->able != 0 && is_due(&world_passed_over, LW_FAIR_POINTS, all->returned != 0 || ready_count != 0);
  bool time_first =
      !all->is_world_first && is_due(&time_passed_over, all->able != 0 ? LW_PATIENT_POINTS : 0, all->timed != 0);
  at->alternatives = alternatives;
  if (time_first) add_all(at, LW_TURN_TIMEOUT, all->timed);
  if (all->able != 0 && !world_first) add_members(at, all->able);
  add_all(at, LW_TURN_RUN, all->returned);
  if (!time_first) at->members = at->count;
  for (uint32_t i = 0; i < ready_count; i++) add(at, LW_TURN_READY, ready[i]);
  if (world_first) add_members(at, all->able);
  if (!time_first && ready_count == 0) at->members = at->count;
  // Then the deadline is what is prescribed, and departs from the default.
  if (all->is_world_first && at->count == 0) add(at, LW_TURN_READY, 0);
  if (!time_first && (all->able == 0 || !members_only)) add_all(at, LW_TURN_TIMEOUT, all->timed);
  if (all->able == 0 || members_only) return;
  // Only where something else can happen: where nothing can, a spurious return proves nothing.
  add_all(at, LW_TURN_WAKE, all->wakeable);
}

void lw_alternatives_begin_(void) { world_passed_over = time_passed_over = 0; }
