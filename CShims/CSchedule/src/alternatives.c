// What may happen next at a decision, the default first. What the world outside does - a descriptor gets ready, a call
// returns - stands behind what only depends on the program, so that the default does not change with its timing.
#include "control.h"

static lw_deviation alternatives[LW_ALTERNATIVES_MAX];
/// Decisions since the world was last let in although it had something to say.
static uint32_t passed_over;

/// Who can go on, as sets of bits.
typedef struct standing {
  uint64_t able;
  uint64_t returned; ///< from a bracketed call
  lw_time earliest;  ///< deadline of those that cannot
} standing;

LW_UNSEEN void lw_alternatives_add_(lw_choice_point *at, lw_turn turn, uint32_t value) {
  at->alternatives = alternatives;
  if (at->count == LW_ALTERNATIVES_MAX) return;
  alternatives[at->count++] = (lw_deviation){
      .member = at->member->index, .ordinal = at->member->ordinal, .turn = (uint16_t)turn, .value = (uint16_t)value};
}

LW_UNSEEN static bool is_timed(const lw_member *member) {
  return member->state == LW_MEMBER_PARKED && member->deadline != LW_NEVER;
}

LW_UNSEEN static standing look(lw_time now) {
  standing all = {.earliest = LW_NEVER};
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++) {
    const lw_member *member = &lw_members_[i];
    if (lw_member_can_go_on_(member) || (is_timed(member) && member->deadline <= now))
      *(member->state == LW_MEMBER_OUTSIDE ? &all.returned : &all.able) |= 1ull << i;
    else if (is_timed(member) && member->deadline < all.earliest)
      all.earliest = member->deadline;
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
  lw_alternatives_add_(at, LW_TURN_RUN, usual);
  for (uint64_t rest = able & ~(1ull << usual); rest != 0; rest &= rest - 1)
    lw_alternatives_add_(at, LW_TURN_RUN, (uint32_t)__builtin_ctzll(rest));
}

/// Whether the world has been passed over for so long that the default lets it in.
LW_UNSEEN static bool world_is_due(bool speaks) {
  passed_over = speaks ? passed_over + 1 : 0;
  if (passed_over <= LW_FAIR_POINTS) return false;
  passed_over = 0;
  return true;
}

LW_UNSEEN static void add_returned(lw_choice_point *at, uint64_t returned) {
  for (; returned != 0; returned &= returned - 1)
    lw_alternatives_add_(at, LW_TURN_RUN, (uint32_t)__builtin_ctzll(returned));
}

LW_UNSEEN static void add_timeouts(lw_choice_point *at, const standing *all) {
  uint32_t count = all->earliest == LW_NEVER ? 0 : atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (!(all->able >> i & 1) && is_timed(&lw_members_[i]) && lw_members_[i].deadline == all->earliest)
      lw_alternatives_add_(at, LW_TURN_TIMEOUT, i);
}

/// Only where something else can happen: where nothing can, a spurious return proves nothing.
LW_UNSEEN static void add_spurious(lw_choice_point *at, uint64_t able) {
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (lw_members_[i].state == LW_MEMBER_PARKED && lw_members_[i].may_wake && !(able >> i & 1))
      lw_alternatives_add_(at, LW_TURN_WAKE, i);
}

LW_UNSEEN bool lw_alternatives_collect_(lw_choice_point *at, lw_time now) {
  uint16_t ready[LW_ALTERNATIVES_MAX];
  uint32_t ready_count = lw_outside_ready_(ready, LW_ALTERNATIVES_MAX);
  standing all = look(now);
  bool world_first = all.able != 0 && world_is_due(all.returned != 0 || ready_count != 0);
  at->alternatives = alternatives;
  if (all.able == 0)
    add_timeouts(at, &all);
  else if (!world_first)
    add_members(at, all.able);
  add_returned(at, all.returned);
  for (uint32_t i = 0; i < ready_count; i++) lw_alternatives_add_(at, LW_TURN_READY, ready[i]);
  if (world_first) add_members(at, all.able);
  if (all.able == 0) return false;
  add_timeouts(at, &all);
  add_spurious(at, all.able);
  return true;
}

void lw_alternatives_begin_(void) { passed_over = 0; }
