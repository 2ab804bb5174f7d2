// Allocation in all cases that the quick path leaves: fresh slots, long ones, damage, lent slots under `immediate`,
// used up generations, an arena that is full.
#include <stdio.h>
#include <unistd.h>

#include "blame.h"
#include "poison.h"
#include "quick.h"
#include "retired.h"
#include "subject.h"
#include "verify.h"

enum { ATTEMPTS_MAX = 64 };

void *lw_say_full_(lw_arena *arena) {
  if (atomic_exchange(&arena->full_said, true)) return NULL;
  char sentence[256];
  int length = snprintf(sentence, sizeof sentence, "latewrite: arena \"%s\": %s\n", arena->name,
                        lw_status_sentence(LW_ARENA_FULL));
  ssize_t ignored = write(STDERR_FILENO, sentence, (size_t)length);
  (void)ignored;
  return NULL;
}

/// A slot whose generations are used up leaves for good.
static void end_slot(lw_arena *arena, uint32_t number, uint64_t before) {
  lw_slot *slot = &arena->slots[number];
  lw_incarnation incarnation = lw_incarnation_of(number, before);
  uint64_t claimed = lw_word_with_state(before, LW_BLOCK_VERIFYING);
  if (!lw_word_change(&slot->word, &before, claimed)) return;
  lw_event(LW_EVENT_VERIFY, arena->number, incarnation, before, claimed, 0, 0);
  uint64_t after = lw_word_with_state(claimed, LW_BLOCK_RETIRED);
  while (!lw_word_change(&slot->word, &claimed, after)) after = lw_word_with_state(claimed, LW_BLOCK_RETIRED);
  lw_event(LW_EVENT_VERIFIED, arena->number, incarnation, claimed, after, 0, 0);
}

/// A slot that was never used, or not since the arena was reset.
static bool make_fresh_live(lw_arena *arena, uint32_t number, uint64_t before, uint64_t slot_bytes,
                            uint64_t requested) {
  uint64_t generation = lw_word_generation(before);
  if (generation == LW_GENERATION_MAX) {
    end_slot(arena, number, before);
    return false;
  }
  generation = generation < arena->first_generation ? arena->first_generation : generation + 1;
  char *start = lw_slot_start_(arena, number);
  lw_poison_fill(start, lw_poison_key(start, generation - 1), slot_bytes);
  uint64_t after = lw_word(generation, LW_BLOCK_LIVE);
  if (!lw_word_change(&arena->slots[number].word, &before, after)) return false;
  lw_event(LW_EVENT_ALLOC, arena->number, lw_incarnation_of(number, after), before, after, 0, (int64_t)requested);
  return true;
}

/// False: the slot cannot be used now.
static bool make_live(lw_arena *arena, uint32_t number, uint64_t slot_bytes, uint64_t requested) {
  lw_slot *slot = &arena->slots[number];
  uint64_t before = lw_word_read(&slot->word);
  if (lw_word_state(before) == LW_BLOCK_FREE) return make_fresh_live(arena, number, before, slot_bytes, requested);
  const char *start = lw_slot_start_(arena, number);
  if (lw_word_state(before) == LW_BLOCK_QUARANTINED &&
      !lw_poison_intact(start, lw_poison_key(start, lw_word_generation(before)), 0, slot_bytes)) {
    lw_verify_freed_(arena, number, before);
    before = lw_word_read(&slot->word);
  }
  bool reusable =
      lw_word_state(before) == LW_BLOCK_QUARANTINED && (lw_word_is_inert(before) || arena->reuse == LW_REUSE_IMMEDIATE);
  if (reusable && lw_word_generation(before) == LW_GENERATION_MAX) {
    end_slot(arena, number, before);
    return false;
  }
  uint64_t after = lw_word(lw_word_generation(before) + 1, LW_BLOCK_LIVE);
  if (reusable && !lw_word_is_inert(before)) {
    if (lw_retire_(arena, number, before, after, requested)) return true;
  } else if (reusable && lw_word_change(&slot->word, &before, after)) {
    lw_event(LW_EVENT_ALLOC, arena->number, lw_incarnation_of(number, after), before, after, 0, (int64_t)requested);
    return true;
  }
  lw_supply_set_aside_(arena, number);
  return false;
}

void lw_zero_(char *start, uint64_t bytes) {
  uint64_t at = 0;
  for (; at + 8 <= bytes; at += 8) lw_store64(start + at, 0);
  for (; at < bytes; at++) lw_store8(start + at, 0);
}

void lw_forget_harm_(lw_arena *arena, lw_slot *slot) {
  LW_SET_FACT(slot->cause, 0);
  LW_SET_FACT(slot->freed_stamp, 0);
  if (LW_FACT(slot->blamed) != 0) lw_blame_forget_(arena, (uint32_t)(slot - arena->slots));
}

/// The slot's facts now are those of the new incarnation.
static void set_facts(lw_arena *arena, uint32_t number, uint64_t shape) {
  lw_slot *slot = &arena->slots[number];
  lw_deed allocated = {LW_STACK_NONE, lw_thread_self(), 0};
  if (arena->stacks != LW_STACKS_OFF) allocated = lw_deed_now_(arena->stacks);
  LW_SET_FACT(slot->shape, shape);
  LW_SET_FACT(slot->allocated_thread, (uint16_t)allocated.thread);
  if (arena->stacks != LW_STACKS_OFF) {
    LW_SET_FACT(slot->allocated_stack, allocated.stack);
    LW_SET_FACT(slot->allocated_stamp, allocated.stamp);
  }
  if ((LW_FACT(slot->cause) | LW_FACT(slot->blamed)) != 0) lw_forget_harm_(arena, slot);
}

void *lw_allocate_rarely_(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed, lw_entry taken) {
  lw_cache *cache = lw_cache_of_(arena, lw_thread_self());
  if (bytes == 0) bytes = 1;
  uint64_t needed = bytes + LW_SLACK_MIN;
  if (needed > arena->bytes) return lw_say_full_(arena);
  uint32_t size_class = lw_class_for(needed);
  for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++, taken = 0) {
    if (taken == 0 && arena->reuse == LW_REUSE_RANDOM) taken = lw_supply_choose_(arena, size_class);
    if (taken == 0) taken = lw_supply_take_(arena, cache, size_class);
    if (taken == 0) taken = lw_supply_refill_(arena, cache, size_class, needed);
    if (taken == 0) break;
    uint32_t number = lw_entry_slot_(taken);
    uint64_t slot_bytes = lw_slot_bytes_(arena, number);
    if (!make_live(arena, number, slot_bytes, bytes)) continue;
    set_facts(arena, number, lw_shape(bytes, layout, lw_class_served_by(slot_bytes)));
    char *start = lw_slot_start_(arena, number);
    if (zeroed) lw_zero_(start, bytes);
    lw_point(LW_POINT_ALLOCATED, start, LW_ACCESS_WRITE);
    LW_KEEP_CALLER_FRAME();
    return start;
  }
  return lw_say_full_(arena);
}
