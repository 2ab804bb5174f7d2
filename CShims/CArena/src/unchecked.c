// The arena that only allocates: what is left of it when nothing is to be found any more. Slots come and go through the
// same lists as those of other arenas, the last one freed first, and their words still say whose turn it is, so that
// what is freed twice or never is told. Nobody else changes them: nothing here is ever lent.
#include <string.h>

#include "incident.h"
#include "quick.h"

void *lw_allocate_unchecked_(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {
  if (bytes == 0) bytes = 1;
  if (bytes > arena->bytes) return lw_say_full_(arena);
  uint32_t size_class = lw_class_for(bytes);
  lw_cache *cache = lw_cache_of_(arena, lw_thread_self());
  lw_entry taken = lw_supply_take_(arena, cache, size_class);
  if (__builtin_expect(taken == 0, 0)) taken = lw_supply_refill_(arena, cache, size_class, bytes);
  if (__builtin_expect(taken == 0, 0)) return lw_say_full_(arena);
  uint32_t number = lw_entry_slot_(taken);
  // The last long slot of the range is shorter than its class.
  if (bytes > LW_SHORT_BYTES_MAX) size_class = lw_class_served_by(lw_slot_bytes_(arena, number));
  lw_slot *slot = &arena->slots[number];
  uint64_t generation = lw_word_generation(LW_FACT(slot->word)) + 1;
  if (__builtin_expect(generation > LW_GENERATION_MAX, 0)) generation = arena->first_generation;
  LW_SET_FACT(slot->shape, lw_shape(bytes, layout, size_class));
  LW_SET_FACT(slot->word, lw_word(generation, LW_BLOCK_LIVE));
  char *start = arena->base + lw_entry_home_(taken) * LW_SLOT_ALIGNMENT;
  if (zeroed) memset(start, 0, bytes);
  return start;
}

static LW_RARE lw_status refuse(lw_arena *arena, const char *block) {
  return lw_report_bad_free_(arena, block, lw_deed_now_(LW_STACKS_OFF));
}

lw_status lw_free_unchecked_(lw_arena *arena, char *block) {
  uint32_t number;
  uint64_t lines, offset = (uint64_t)((uintptr_t)block - (uintptr_t)arena->base);
  if (__builtin_expect(!lw_slot_at_start_(arena, offset, &number, &lines), 0)) {
    lw_place place = lw_place_of_(arena, block);
    if (!place.slot || place.within != 0) return refuse(arena, block);
    number = place.number;
  }
  lw_slot *slot = &arena->slots[number];
  uint64_t word = LW_FACT(slot->word);
  if (__builtin_expect(lw_word_state(word) != LW_BLOCK_LIVE, 0)) return refuse(arena, block);
  LW_SET_FACT(slot->word, lw_word_with_state(word, LW_BLOCK_FREE));
  lw_cache *cache = lw_cache_of_(arena, lw_thread_self());
  uint32_t size_class = lw_shape_class(LW_FACT(slot->shape));
  if (__builtin_expect(cache->ready_count[size_class] < arena->ready_limits[size_class], 1))
    lw_ready_push_(arena, cache, size_class, number);
  else
    lw_supply_give_(arena, slot);
  return LW_OK;
}
