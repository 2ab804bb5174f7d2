// Free: one compare-and-swap claims the block, and at that moment it is known whether it was lent (LW001) or written
// (LW013). Then the slack is checked, the block filled with poison and handed to the policy of reuse.
#include "blame.h"
#include "incident.h"
#include "poison.h"
#include "supply.h"
#include "verify.h"

/// freeing -> quarantined. Without loans and writers nobody else may touch the word; otherwise they come and go.
static inline void publish(lw_arena *arena, lw_slot *slot, lw_incarnation incarnation, uint64_t before) {
  uint64_t after = lw_word_with_state(before, LW_BLOCK_QUARANTINED);
  if (__builtin_expect(lw_word_is_inert(before), 1)) {
    // release: whoever finds the block quarantined finds its poison.
    atomic_store_explicit(&slot->word, after, memory_order_release);
  } else {
    while (!lw_word_change(&slot->word, &before, after)) after = lw_word_with_state(before, LW_BLOCK_QUARANTINED);
  }
  lw_event(LW_EVENT_POISONED, arena->number, incarnation, before, after, 0, 0);
}

/// The findings of a free that came too early. The block stays claimed meanwhile, so its facts hold still.
static __attribute__((noinline)) void report_lent(lw_arena *arena, uint32_t number, uint64_t before, lw_deed freed) {
  lw_slot *slot = &arena->slots[number];
  if (freed.stamp == 0) {
    freed.stamp = lw_clock_stamp();
    LW_SET_FACT(slot->freed_stamp, freed.stamp);
  }
  if (lw_word_writers(before) != 0) lw_blame_writers_(arena, lw_incarnation_of(number, before));
  lw_report_free_(arena, number, before, freed);
}

/// Checks the slack and poisons the block. The caller has claimed it.
LW_QUICK void poison(lw_arena *arena, lw_slot *slot, char *start, uint64_t slot_bytes, uint64_t claimed) {
  uint64_t requested = lw_shape_requested(LW_FACT(slot->shape));
  uint64_t key = lw_poison_key(start, lw_word_generation(claimed));
  if (__builtin_expect(lw_poison_turn(start, key, requested, slot_bytes), 1)) return;
  uint32_t number = (uint32_t)(slot - arena->slots);
  lw_verify_slack_(arena, number, lw_incarnation_of(number, claimed), requested);
  lw_poison_fill(start, key, slot_bytes);
}

/// Every free but the quick one.
static __attribute__((noinline)) lw_status free_watched(lw_arena *arena, char *block) {
  lw_point(LW_POINT_FREE, block, LW_ACCESS_WRITE);
  lw_deed freed = {LW_STACK_NONE, lw_thread_self(), 0};
  if (arena->stacks != LW_STACKS_OFF) freed = lw_deed_now_(arena->stacks);
  lw_place place = lw_place_of_(arena, block);
  if (!place.slot || place.within != 0) return lw_report_bad_free_(arena, block, freed);
  lw_slot *slot = place.slot;
  uint64_t before = lw_word_read(&slot->word), claimed;
  do {
    if (lw_word_state(before) != LW_BLOCK_LIVE) return lw_report_bad_free_(arena, block, freed);
    claimed = lw_word_with_state(before, LW_BLOCK_FREEING);
  } while (!lw_word_change(&slot->word, &before, claimed));
  lw_incarnation incarnation = lw_incarnation_of(place.number, before);
  lw_event(LW_EVENT_FREE, arena->number, incarnation, before, claimed, 0, 0);
  LW_SET_FACT(slot->freed_thread, (uint16_t)freed.thread);
  if (arena->stacks != LW_STACKS_OFF) {
    LW_SET_FACT(slot->freed_stack, freed.stack);
    LW_SET_FACT(slot->freed_stamp, freed.stamp);
  }
  if (!lw_word_is_inert(before)) report_lent(arena, place.number, before, freed);
  poison(arena, slot, block, place.slot_bytes, claimed);
  publish(arena, slot, incarnation, claimed);
  uint32_t size_class = lw_shape_class(LW_FACT(slot->shape));
  lw_supply_give_(arena, lw_cache_of_(arena, freed.thread), place.number, size_class, lw_class_bytes(size_class));
  return LW_OK;
}

lw_status lw_free_(lw_arena *arena, void *block) {
  uint64_t slot_bytes;
  lw_slot *slot;
  if (!block) return LW_OK;
  if (!lw_is_watched_(arena) && (slot = lw_slot_at_start_(arena, block, &slot_bytes))) {
    uint64_t before = lw_word_read(&slot->word);
    uint64_t claimed = before + lw_word(0, LW_BLOCK_FREEING) - lw_word(0, LW_BLOCK_LIVE);
    if (__builtin_expect(
            (before & LW_WORD_REST) == lw_word(0, LW_BLOCK_LIVE) && lw_word_change(&slot->word, &before, claimed), 1)) {
      lw_thread_number self = lw_thread_self();
      lw_cache *cache = lw_cache_of_(arena, self);
      LW_SET_FACT(slot->freed_thread, (uint16_t)self);
      poison(arena, slot, block, slot_bytes, claimed);
      // release: whoever finds the block quarantined finds its poison.
      atomic_store_explicit(&slot->word, lw_word_with_state(claimed, LW_BLOCK_QUARANTINED), memory_order_release);
      // Slots of one span have the length of their class.
      lw_supply_give_(arena, cache, (uint32_t)(slot - arena->slots), lw_shape_class(LW_FACT(slot->shape)), slot_bytes);
      return LW_OK;
    }
  }
  lw_status status = free_watched(arena, block);
  LW_KEEP_CALLER_FRAME();
  return status;
}
