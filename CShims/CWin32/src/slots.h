// A table of equal slots that never move: handles and registrations are indices into one. The slot given back last is
// taken first, as in Windows' handle table, and a slot's memory stays what it is, so that a stale index reads a slot.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

enum { LW_SLOTS_PER_CHUNK = 1024, LW_SLOT_CHUNKS = 4096 };
/// The slots from here on are taken by their number alone, each once before it is given back.
enum { LW_SLOTS_APART = LW_SLOTS_PER_CHUNK * (LW_SLOT_CHUNKS - 1) };

/// First member of every slot.
typedef struct lw_slot {
  uint32_t index;
  uint32_t next_free; ///< index + 1 of the slot given back before this one; 0 ends the list
} lw_slot;

typedef struct lw_slots {
  uint32_t slot_bytes;
  uint32_t used;       ///< slots ever taken
  uint32_t first_free; ///< index + 1; 0: none
  uint32_t taken;      ///< now
  _Atomic(char *) chunks[LW_SLOT_CHUNKS];
} lw_slots;

/// Takes a slot; NULL when the system has no memory or all LW_SLOTS_APART are taken. The caller holds the table's lock.
lw_slot *_Nullable lw_slot_take_(lw_slots *slots);
/// Takes the slot of an index that is not taken; NULL as above. The caller holds the table's lock.
lw_slot *_Nullable lw_slot_take_at_(lw_slots *slots, uint32_t index);
/// Gives it back; its contents stay. The caller holds the table's lock.
void lw_slot_give_(lw_slots *slots, lw_slot *slot);

static inline char *_Nullable lw_slot_chunk_(lw_slots *slots, uint64_t index) {
  // acquire: pairs with the release in `make`, so that a reader sees the chunk's zeros and not older memory.
  return atomic_load_explicit(&slots->chunks[index / LW_SLOTS_PER_CHUNK], memory_order_acquire);
}
/// The slot of an index, taken or not; NULL when there never was one. Needs no lock.
static inline void *_Nullable lw_slot_at_(lw_slots *slots, uint64_t index) {
  if (index >= (uint64_t)LW_SLOTS_PER_CHUNK * LW_SLOT_CHUNKS) return NULL;
  char *chunk = lw_slot_chunk_(slots, index);
  return chunk ? chunk + (index % LW_SLOTS_PER_CHUNK) * slots->slot_bytes : NULL;
}

#pragma clang assume_nonnull end
