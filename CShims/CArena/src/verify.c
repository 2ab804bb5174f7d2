// A claim by compare-and-swap keeps everybody else away from a block while it is read, so that its bytes are compared
// with the poison of one generation and are never those of a new owner.
#include "verify.h"

#include "blame.h"
#include "incident.h"
#include "poison.h"

/// Finds the changed bytes from `from` on that nobody was blamed for.
static lw_damage find_damage(const char *start, uint64_t key, uint64_t from, uint64_t to, uint64_t blamed) {
  lw_damage damage = {0};
  for (uint64_t at = from; at < to; at++) {
    if (lw_load8(start + at) == lw_poison_byte(key, at)) continue;
    if (lw_blame_covers_(blamed, at)) continue;
    if (damage.changed++ == 0) damage.offset = at;
    damage.bytes = at + 1 - damage.offset;
  }
  return damage;
}

/// verifying -> quarantined, whatever loans and writers came and went meanwhile.
static uint64_t put_back(lw_slot *slot) {
  uint64_t before = lw_word_read(&slot->word);
  while (!lw_word_change(&slot->word, &before, lw_word_with_state(before, LW_BLOCK_QUARANTINED))) {
  }
  return before;
}

uint64_t lw_verify_freed_(lw_arena *arena, uint32_t number, uint64_t word) {
  lw_slot *slot = &arena->slots[number];
  lw_incarnation incarnation = lw_incarnation_of(number, word);
  uint64_t claimed = lw_word_with_state(word, LW_BLOCK_VERIFYING);
  if (!lw_word_change(&slot->word, &word, claimed)) return 0;
  lw_event(LW_EVENT_VERIFY, arena->number, incarnation, word, claimed, 0, 0);
  char *start = lw_slot_start_(arena, number);
  uint64_t slot_bytes = lw_slot_bytes_(arena, number);
  uint64_t key = lw_poison_key(start, lw_word_generation(word));
  lw_damage damage = {0};
  if (!lw_poison_intact(start, key, 0, slot_bytes)) {
    damage = find_damage(start, key, 0, slot_bytes, LW_FACT(slot->blamed));
    if (damage.changed != 0) lw_report_damage_(arena, 2, incarnation, key, &damage, lw_deed_now_(arena->stacks));
    lw_poison_fill(start, key, slot_bytes);
  }
  uint64_t before = put_back(slot);
  lw_event(LW_EVENT_VERIFIED, arena->number, incarnation, before, lw_word_with_state(before, LW_BLOCK_QUARANTINED), 0,
           (int64_t)damage.changed);
  return damage.changed;
}

uint64_t lw_verify_if_freed_(lw_arena *arena, uint32_t number) {
  uint64_t word = lw_word_read(&arena->slots[number].word);
  return lw_word_state(word) == LW_BLOCK_QUARANTINED ? lw_verify_freed_(arena, number, word) : 0;
}

void lw_verify_slack_(lw_arena *arena, uint32_t number, lw_incarnation incarnation, uint64_t requested) {
  lw_slot *slot = &arena->slots[number];
  char *start = lw_slot_start_(arena, number);
  uint64_t key = lw_poison_key(start, lw_incarnation_generation(incarnation) - 1);
  lw_damage damage = find_damage(start, key, requested, lw_slot_bytes_(arena, number), LW_FACT(slot->blamed));
  if (damage.changed != 0) lw_report_damage_(arena, 10, incarnation, key, &damage, lw_deed_now_(arena->stacks));
}

size_t lw_arena_check(lw_arena *arena) {
  size_t damaged = 0;
  uint32_t used = atomic_load(&arena->slots_touched);
  for (uint32_t number = 0; number < used; number++) damaged += lw_verify_if_freed_(arena, number) != 0;
  return damaged;
}
