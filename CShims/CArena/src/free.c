// Free in all cases that the quick path leaves: lent blocks (LW001), written ones (LW013), long ones, what is no block,
// and a thread's first.
#include "blame.h"
#include "incident.h"
#include "poison.h"
#include "quick.h"
#include "verify.h"

/// freeing -> quarantined, while loans and writers may come and go. `told` is the word after the last event.
static void publish(lw_arena *arena, lw_slot *slot, lw_incarnation incarnation, uint64_t claimed, uint64_t told) {
  uint64_t before = claimed, after = lw_word_with_state(before, LW_BLOCK_QUARANTINED);
  while (!lw_word_change(&slot->word, &before, after)) after = lw_word_with_state(before, LW_BLOCK_QUARANTINED);
  if (told == claimed)
    lw_event(LW_EVENT_POISONED, arena->number, incarnation, before, after, 0, 0);
  else
    lw_event(LW_EVENT_FREE, arena->number, incarnation, told, after, 0, 0);
}

/// The findings of a free that came too early. The block stays claimed meanwhile, so its facts hold still.
static void report_lent(lw_arena *arena, uint32_t number, uint64_t before, lw_deed freed) {
  lw_slot *slot = &arena->slots[number];
  if (freed.stamp == 0) {
    freed.stamp = lw_event_stamp();
    LW_SET_FACT(slot->freed_stamp, freed.stamp);
  }
  if (lw_word_writers(before) != 0) lw_blame_writers_(arena, lw_incarnation_of(number, before));
  lw_report_free_(arena, number, before, freed);
}

void lw_poison_damaged_(lw_arena *arena, lw_slot *slot, char *start, uint64_t slot_bytes, uint64_t claimed) {
  uint32_t number = (uint32_t)(slot - arena->slots);
  lw_verify_slack_(arena, number, lw_incarnation_of(number, claimed), lw_shape_requested(LW_FACT(slot->shape)));
  lw_poison_fill(start, lw_poison_key(start, lw_word_generation(claimed)), slot_bytes);
}

lw_status lw_free_rarely_(lw_arena *arena, char *block, lw_stack_id stack) {
  if (!block) return LW_OK;
  lw_deed freed = {stack, lw_thread_self(), arena->stacks != LW_STACKS_OFF ? lw_clock_stamp() : 0};
  lw_place place = lw_place_of_(arena, block);
  if (!place.slot || place.within != 0) return lw_report_bad_free_(arena, block, freed);
  lw_slot *slot = place.slot;
  uint64_t before = lw_word_read(&slot->word), claimed;
  do {
    if (lw_word_state(before) != LW_BLOCK_LIVE) return lw_report_bad_free_(arena, block, freed);
    claimed = lw_word_with_state(before, LW_BLOCK_FREEING);
  } while (!lw_word_change(&slot->word, &before, claimed));
  lw_incarnation incarnation = lw_incarnation_of(place.number, before);
  uint64_t key = lw_poison_key(block, lw_word_generation(before)), requested = lw_shape_requested(LW_FACT(slot->shape));
  bool alone = lw_word_is_inert(before);
  bool intact = alone && lw_poison_intact(block, key - LW_POISON_OF_GENERATION, requested, place.slot_bytes);
  // Of an intact block that nobody holds, free and poison are one event, as in the quick path: nobody can act between.
  uint64_t told = before;
  if (!intact) {
    lw_event(LW_EVENT_FREE, arena->number, incarnation, before, claimed, 0, 0);
    told = claimed;
  }
  LW_SET_FACT(slot->freed_thread, (uint16_t)freed.thread);
  if (arena->stacks != LW_STACKS_OFF) {
    LW_SET_FACT(slot->freed_stack, freed.stack);
    LW_SET_FACT(slot->freed_stamp, freed.stamp);
  }
  if (!alone) {
    report_lent(arena, place.number, before, freed);
    intact = lw_poison_intact(block, key - LW_POISON_OF_GENERATION, requested, place.slot_bytes);
  }
  if (intact)
    lw_poison_fill(block, key, place.slot_bytes);
  else
    lw_poison_damaged_(arena, slot, block, place.slot_bytes, claimed);
  publish(arena, slot, incarnation, claimed, told);
  lw_supply_give_(arena, slot);
  return LW_OK;
}
