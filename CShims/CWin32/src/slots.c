// The slot table: chunks from the system, published once and never taken back.
#include "slots.h"

static char *_Nullable chunk_of(lw_slots *slots, uint64_t index) {
  // acquire: pairs with the release in `lw_slot_take_`, so that a reader sees the chunk's zeros and not older memory.
  return atomic_load_explicit(&slots->chunks[index / LW_SLOTS_PER_CHUNK], memory_order_acquire);
}

lw_slot *lw_slot_take_(lw_slots *slots) {
  lw_slot *slot;
  if (slots->first_free) {
    slot = lw_slot_at_(slots, slots->first_free - 1);
    slots->first_free = slot->next_free;
  } else {
    uint32_t index = slots->used;
    if (index == (uint32_t)LW_SLOTS_PER_CHUNK * LW_SLOT_CHUNKS) return NULL;
    if (!chunk_of(slots, index)) {
      char *chunk = lw_pages_reserve((size_t)LW_SLOTS_PER_CHUNK * slots->slot_bytes);
      if (!chunk) return NULL;
      // release: see chunk_of.
      atomic_store_explicit(&slots->chunks[index / LW_SLOTS_PER_CHUNK], chunk, memory_order_release);
    }
    slots->used = index + 1;
    slot = lw_slot_at_(slots, index);
    slot->index = index;
  }
  slots->taken++;
  return slot;
}

void lw_slot_give_(lw_slots *slots, lw_slot *slot) {
  slot->next_free = slots->first_free;
  slots->first_free = slot->index + 1;
  slots->taken--;
}

void *lw_slot_at_(lw_slots *slots, uint64_t index) {
  if (index >= (uint64_t)LW_SLOTS_PER_CHUNK * LW_SLOT_CHUNKS) return NULL;
  char *chunk = chunk_of(slots, index);
  return chunk ? chunk + (index % LW_SLOTS_PER_CHUNK) * slots->slot_bytes : NULL;
}
