// Allocation: a verified quarantined slot goes straight to live with one compare-and-swap, and nothing is written into
// it. What happens rarely - fresh slots, damage, lent slots under `immediate`, used up generations - stands apart.
#include <stdio.h>
#include <unistd.h>

#include "blame.h"
#include "poison.h"
#include "retired.h"
#include "subject.h"
#include "supply.h"
#include "verify.h"

enum { ATTEMPTS_MAX = 64 };

static void *_Nullable say_full(lw_arena *arena) {
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

/// Everything but an intact, inert slot. False: the slot cannot be used now.
static LW_RARE bool make_live_rarely(lw_arena *arena, uint32_t number, uint64_t slot_bytes, uint64_t requested) {
  lw_slot *slot = &arena->slots[number];
  uint64_t before = lw_word_read(&slot->word);
  if (lw_word_state(before) == LW_BLOCK_FREE) return make_fresh_live(arena, number, before, slot_bytes, requested);
  const char *start = lw_slot_start_(arena, number);
  if (lw_word_state(before) == LW_BLOCK_QUARANTINED &&
      !lw_poison_intact(start, lw_poison_key(start, lw_word_generation(before)), slot_bytes)) {
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

static __attribute__((noinline)) void zero(char *start, uint64_t bytes) {
  uint64_t at = 0;
  for (; at + 8 <= bytes; at += 8) lw_store64(start + at, 0);
  for (; at < bytes; at++) lw_store8(start + at, 0);
}

/// quarantined -> live, for the intact and inert slot that almost every allocation finds. The new word; 0: it is
/// another.
LW_QUICK uint64_t make_live(lw_arena *arena, uint32_t number, const char *start, uint64_t slot_bytes) {
  lw_slot *slot = &arena->slots[number];
  uint64_t before = lw_word_read(&slot->word);
  uint64_t generation = lw_word_generation(before), after = lw_word(generation + 1, LW_BLOCK_LIVE);
  bool live = (before & LW_WORD_REST) == lw_word(0, LW_BLOCK_QUARANTINED) && generation != LW_GENERATION_MAX &&
              lw_poison_intact(start, lw_poison_key(start, generation), slot_bytes) &&
              lw_word_change(&slot->word, &before, after);
  return live ? after : 0;
}

/// The slot's facts now are those of the new incarnation.
LW_QUICK void set_facts(lw_arena *arena, lw_thread_number self, uint32_t number, uint64_t shape) {
  lw_slot *slot = &arena->slots[number];
  LW_SET_FACT(slot->shape, shape);
  LW_SET_FACT(slot->allocated_thread, (uint16_t)self);
  if (__builtin_expect((LW_FACT(slot->cause) | LW_FACT(slot->blamed)) != 0, 0)) {
    LW_SET_FACT(slot->cause, 0);
    LW_SET_FACT(slot->freed_stamp, 0);
    if (LW_FACT(slot->blamed) != 0) lw_blame_forget_(arena, number);
  }
}

LW_QUICK uint32_t take_ready(lw_arena *arena, lw_cache *cache, uint32_t size_class) {
  uint32_t taken = cache->ready[size_class];
  if (__builtin_expect(taken == 0, 0)) return 0;
  cache->ready[size_class] = arena->slots[taken - 1].link;
  cache->ready_count[size_class]--;
  return taken;
}

/// Every allocation but the quick one. `taken` is a slot that the quick one could not use, + 1; 0: none.
static __attribute__((noinline)) void *_Nullable allocate_watched(lw_arena *arena, size_t bytes, lw_layout layout,
                                                                  bool zeroed, uint32_t taken) {
  lw_thread_number self = lw_thread_self();
  lw_cache *cache = lw_cache_of_(arena, self);
  uint64_t needed = bytes + LW_SLACK_MIN;
  if (needed > arena->bytes) return say_full(arena);
  uint32_t size_class = lw_class_for(needed);
  for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++, taken = 0) {
    if (taken == 0 && arena->reuse == LW_REUSE_RANDOM) taken = lw_supply_choose_(arena, size_class);
    if (taken == 0) taken = take_ready(arena, cache, size_class);
    if (taken == 0) taken = lw_supply_refill_(arena, cache, size_class, needed);
    if (taken == 0) break;
    uint32_t number = taken - 1;
    uint64_t slot_bytes = lw_slot_bytes_(arena, number);
    char *start = lw_slot_start_(arena, number);
    uint64_t after = make_live(arena, number, start, slot_bytes);
    if (after != 0)
      lw_event(LW_EVENT_ALLOC, arena->number, lw_incarnation_of(number, after),
               lw_word(lw_word_generation(after) - 1, LW_BLOCK_QUARANTINED), after, 0, (int64_t)bytes);
    else if (!make_live_rarely(arena, number, slot_bytes, bytes))
      continue;
    set_facts(arena, self, number, lw_shape(bytes, layout, lw_class_served_by(slot_bytes)));
    if (arena->stacks != LW_STACKS_OFF) {
      lw_deed allocated = lw_deed_now_(arena->stacks);
      LW_SET_FACT(arena->slots[number].allocated_stack, allocated.stack);
      LW_SET_FACT(arena->slots[number].allocated_stamp, allocated.stamp);
    }
    if (zeroed) zero(start, bytes);
    lw_point(LW_POINT_ALLOCATED, start, LW_ACCESS_WRITE);
    return start;
  }
  return say_full(arena);
}

void *lw_allocate_(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {
  uint32_t taken = 0;
  if (bytes == 0) bytes = 1;
  // Slots of one span have the length of their class.
  if (!lw_is_watched_(arena) && bytes <= LW_SPAN_BYTES - LW_SLACK_MIN && arena->reuse != LW_REUSE_RANDOM) {
    uint32_t size_class = lw_class_for(bytes + LW_SLACK_MIN);
    lw_thread_number self = lw_thread_self();
    taken = take_ready(arena, lw_cache_of_(arena, self), size_class);
    if (__builtin_expect(taken != 0, 1)) {
      char *start = lw_slot_start_(arena, taken - 1);
      if (__builtin_expect(make_live(arena, taken - 1, start, lw_class_bytes(size_class)) != 0, 1)) {
        set_facts(arena, self, taken - 1, lw_shape(bytes, layout, size_class));
        if (zeroed) zero(start, bytes);
        return start;
      }
    }
  }
  void *block = allocate_watched(arena, bytes, layout, zeroed, taken);
  LW_KEEP_CALLER_FRAME();
  return block;
}
