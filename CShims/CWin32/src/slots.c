// The slot table: chunks from the system, published once and never taken back.
#include "slots.h"

/// A slot that was never taken; NULL when the system has no memory.
static lw_slot *_Nullable make(lw_slots *slots, uint32_t index) {
  if (!lw_slot_chunk_(slots, index)) {
    char *chunk = lw_pages_reserve((size_t)LW_SLOTS_PER_CHUNK * slots->slot_bytes);
    if (!chunk) return NULL;
    // release: see lw_slot_chunk_.
    atomic_store_explicit(&slots->chunks[index / LW_SLOTS_PER_CHUNK], chunk, memory_order_release);
  }
  lw_slot *slot = lw_slot_at_(slots, index);
  slot->index = index;
  return slot;
}

/// The next one.
static lw_slot *_Nullable add(lw_slots *slots) {
  lw_slot *slot = slots->used < LW_SLOTS_APART ? make(slots, slots->used) : NULL;
  if (slot) slots->used++;
  return slot;
}

static lw_slot *_Nullable take_apart(lw_slots *slots, uint32_t index) {
  lw_slot *slot = index < LW_SLOTS_APART + LW_SLOTS_PER_CHUNK ? make(slots, index) : NULL;
  if (slot) slots->taken++;
  return slot;
}

lw_slot *lw_slot_take_(lw_slots *slots) {
  lw_slot *slot;
  if (slots->first_free) {
    slot = lw_slot_at_(slots, slots->first_free - 1);
    slots->first_free = slot->next_free;
  } else {
    slot = add(slots);
    if (!slot) return NULL;
  }
  slots->taken++;
  return slot;
}

lw_slot *lw_slot_take_at_(lw_slots *slots, uint32_t index) {
  if (index >= LW_SLOTS_APART) return take_apart(slots, index);
  while (slots->used <= index) {
    lw_slot *added = add(slots);
    if (!added) return NULL;
    added->next_free = slots->first_free;
    slots->first_free = added->index + 1;
  }
  uint32_t *link = &slots->first_free;
  while (*link && *link != index + 1) link = &((lw_slot *)lw_slot_at_(slots, *link - 1))->next_free;
  if (!*link) return NULL; // it is taken
  lw_slot *slot = lw_slot_at_(slots, index);
  *link = slot->next_free;
  slots->taken++;
  return slot;
}

void lw_slot_give_(lw_slots *slots, lw_slot *slot) {
  slot->next_free = slots->first_free;
  slots->first_free = slot->index + 1;
  slots->taken--;
}
