// Strategies: who departs from the default rule, and where. None of them is enough alone: a random walk finds nothing
// when one thread has fifty more steps than another, priorities find little where many short windows must meet.
#include "control.h"

enum { CHANGES_MAX = 16 };

/// An act of some kind, by how often it happens first.
typedef struct awaited_act {
  lw_point_kind kind;
  uint32_t left; ///< acts of this kind up to this one, itself included; 0 behind it
} awaited_act;

static struct {
  lw_strategy settings;
  uint64_t random;
  uint32_t changes[CHANGES_MAX]; ///< PCT: steps at which a priority falls, ascending
  uint32_t change_count;
  uint32_t changes_made;
  uint64_t lowest;             ///< priority of the member that fell last
  awaited_act owner, borrower; ///< LENDING: where a priority falls
  bool borrowers_are_slow;     ///< LENDING: who runs no part begins below those who do
} strategy;

/// The numbers of a seed (splitmix64): each follows from its place.
static const uint64_t STEP = 0x9E3779B97F4A7C15;
LW_UNSEEN static uint64_t number_of(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

LW_UNSEEN static uint64_t draw(void) { return number_of(strategy.random += STEP); }

LW_UNSEEN static uint32_t below(uint32_t bound) { return (uint32_t)(((draw() >> 32) * bound) >> 32); }

uint32_t lw_strategy_minds_members_until_;

/// PCT: up to the next change.
LW_UNSEEN static void mind_members(void) {
  bool changes = strategy.changes_made < strategy.change_count;
  lw_strategy_minds_members_until_ = changes ? strategy.changes[strategy.changes_made] : UINT32_MAX;
}

/// Mostly none: the priorities alone are worth most. Otherwise one of the first acts of a kind; the longer an execution
/// is, the later it may be.
LW_UNSEEN static awaited_act draw_act(lw_point_kind one, lw_point_kind other) {
  uint32_t steps = strategy.settings.steps, sizes = 2;
  while (sizes < 16 && steps >> (sizes + 4) != 0) sizes++;
  uint32_t left = 1 + below(1u << below(sizes)), pick = below(6);
  return (awaited_act){.kind = pick == 0 ? one : other, .left = pick < 2 ? left : 0};
}

LW_UNSEEN void lw_strategy_begin_(const lw_strategy *settings) {
  strategy.settings = *settings;
  strategy.random = settings->seed;
  strategy.change_count = strategy.changes_made = 0;
  strategy.lowest = 1ull << 62; // below all that are drawn
  lw_strategy_minds_members_until_ = settings->kind == LW_STRATEGY_NONE ? UINT32_MAX : 0;
  if (settings->kind < LW_STRATEGY_PCT) return;
  strategy.borrowers_are_slow = settings->kind == LW_STRATEGY_LENDING && number_of(settings->seed) % 3 != 0;
  // The first numbers are the priorities of all members, also of those that come up later.
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++) lw_strategy_admit_(&lw_members_[i]);
  strategy.random += LW_MEMBERS_MAX * STEP;
  if (settings->kind == LW_STRATEGY_LENDING) {
    strategy.owner = draw_act(LW_POINT_CANCEL, LW_POINT_FREE);
    strategy.borrower = draw_act(LW_POINT_WRITE, LW_POINT_POST);
  }
  while (strategy.change_count + 1 < settings->depth && strategy.change_count < CHANGES_MAX) {
    uint32_t step = below(settings->steps > 0 ? settings->steps : 1), at = strategy.change_count++;
    for (; at > 0 && strategy.changes[at - 1] > step; at--) strategy.changes[at] = strategy.changes[at - 1];
    strategy.changes[at] = step;
  }
  if (settings->kind == LW_STRATEGY_PCT) mind_members();
}

LW_UNSEEN void lw_strategy_admit_(lw_member *member) {
  uint64_t place = (uint64_t)(member - lw_members_) + 1;
  uint64_t drawn = number_of(strategy.settings.seed + place * STEP);
  member->priority = strategy.borrowers_are_slow && !member->pooled ? drawn >> 2 | 1ull << 62 : drawn | 1ull << 63;
}

enum { RARITY_OF_OTHERS = 8 };

/// A timeout, a spurious return or a readiness, now and then; 0 when it is not the moment or there is none. A program
/// has more to fear from a timeout than from a spurious return.
LW_UNSEEN static uint32_t pick_other(const lw_choice_point *at, uint32_t members) {
  if (members == 0 || members == at->count || below(RARITY_OF_OTHERS) != 0) return 0;
  uint32_t picked = members + below(at->count - members);
  if (at->alternatives[picked].turn != LW_TURN_WAKE) return picked;
  return members + below(at->count - members);
}

LW_UNSEEN static uint32_t pick_random(const lw_choice_point *at, uint32_t members) {
  uint32_t other = pick_other(at, members);
  if (other != 0) return other;
  if (members == 0) return below(at->count);
  if (members == 1) return 0;
  bool stays = at->kind != LW_POINT_PARK && at->kind != LW_POINT_BEGIN;
  if (stays && !lw_touches_a_life_(at->kind) && below(RARITY_OF_OTHERS) != 0) return 0;
  return below(members);
}

/// The able member of the highest priority; 0 when none is able.
LW_UNSEEN static uint32_t highest(const lw_choice_point *at, uint32_t members) {
  uint32_t best = 0;
  for (uint32_t i = 1; i < members; i++)
    if (lw_members_[at->alternatives[i].value].priority > lw_members_[at->alternatives[best].value].priority) best = i;
  return best;
}

/// Whether the default rule has the deciding member stand back; its priority must not keep it running for ever then.
LW_UNSEEN static bool has_to_stand_back(const lw_choice_point *at, uint32_t members) {
  for (uint32_t i = 1; i < members; i++)
    if (at->alternatives[i].value == at->member->index) return true;
  return false;
}

LW_UNSEEN static uint32_t pick_by_priority(const lw_choice_point *at, uint32_t members) {
  bool changes = strategy.changes_made < strategy.change_count && at->step >= strategy.changes[strategy.changes_made];
  if (changes) {
    strategy.changes_made++;
    mind_members();
    uint32_t other = pick_other(at, members);
    if (other != 0) return other;
    if (members != 0) lw_members_[at->alternatives[highest(at, members)].value].priority = --strategy.lowest;
  }
  if (has_to_stand_back(at, members)) at->member->priority = --strategy.lowest;
  return members != 0 ? highest(at, members) : below(at->count);
}

LW_UNSEEN static bool is_at(const lw_choice_point *at, awaited_act *act) {
  return at->kind == act->kind && act->left != 0 && --act->left == 0;
}

/// Whoever ends what was lent is held up in front of it, so that the borrower goes on meanwhile; and the borrower in
/// front of what it does for the loan, so that the loan ends meanwhile.
LW_UNSEEN static uint32_t pick_by_loan(const lw_choice_point *at, uint32_t members) {
  bool falls = is_at(at, &strategy.owner) || is_at(at, &strategy.borrower);
  if (falls || has_to_stand_back(at, members)) at->member->priority = --strategy.lowest;
  return members != 0 ? highest(at, members) : below(at->count);
}

LW_UNSEEN static bool race(const lw_member *one, const lw_member *other) {
  return one->object && one->object == other->object &&
         (one->access == LW_ACCESS_WRITE || other->access == LW_ACCESS_WRITE);
}

LW_UNSEEN static uint32_t pick_by_act(const lw_choice_point *at, uint32_t members) {
  uint32_t other = pick_other(at, members);
  if (other != 0) return other;
  if (members == 0) return below(at->count);
  uint32_t best = highest(at, members);
  lw_member *winner = &lw_members_[at->alternatives[best].value];
  uint32_t count = atomic_load(&lw_member_count_);
  for (uint32_t i = 0; i < count; i++)
    if (&lw_members_[i] != winner && race(&lw_members_[i], winner)) lw_members_[i].priority = draw();
  winner->priority = draw();
  return best;
}

LW_UNSEEN uint32_t lw_strategy_pick_(const lw_choice_point *at) {
  switch (strategy.settings.kind) {
  case LW_STRATEGY_NONE:
    return 0;
  case LW_STRATEGY_RANDOM:
    return pick_random(at, at->members);
  case LW_STRATEGY_PCT:
    return pick_by_priority(at, at->members);
  case LW_STRATEGY_POS:
    return pick_by_act(at, at->members);
  case LW_STRATEGY_LENDING:
    return pick_by_loan(at, at->members);
  }
}
