// The registry of open arenas. Lookups are lock-free; opening and closing take a lock. A number is used again only with
// serials that no loan of an earlier arena had, so that an old loan stays the name of nothing.
#include "registry.h"

_Atomic(lw_arena *) lw_arenas_[LW_ARENAS_MAX + 1];
_Atomic uint8_t lw_granules_[1 << (LW_ADDRESS_BITS - LW_GRANULE_SHIFT)];
_Atomic uint32_t lw_checking_arenas_;

static lw_lock registry_lock;
static bool taken[LW_ARENAS_MAX + 1] LW_GUARDED_BY(&registry_lock);
static uint32_t next_serials[LW_ARENAS_MAX + 1] LW_GUARDED_BY(&registry_lock);

bool lw_registry_number_(lw_arena *arena) {
  uint32_t number = 1;
  lw_lock_acquire(&registry_lock);
  // A number whose serials are nearly used up rests for good.
  while (number <= LW_ARENAS_MAX && (taken[number] || next_serials[number] > LW_LOAN_SERIAL_MAX / 2)) number++;
  if (number <= LW_ARENAS_MAX) {
    taken[number] = true;
    arena->number = number;
    arena->first_serial = next_serials[number];
  }
  lw_lock_release_quietly(&registry_lock);
  return number <= LW_ARENAS_MAX;
}

static void mark(const lw_arena *arena, uint32_t number) {
  uint64_t first = (uintptr_t)arena->base >> LW_GRANULE_SHIFT;
  uint64_t last = ((uintptr_t)arena->base + arena->bytes - 1) >> LW_GRANULE_SHIFT;
  // relaxed: what a lookup finds here is only a number; the arena's table entry is what synchronises.
  for (uint64_t granule = first; granule <= last; granule++)
    atomic_store_explicit(&lw_granules_[granule], (uint8_t)number, memory_order_relaxed);
}

void lw_registry_publish_(lw_arena *arena) {
  // release: a lookup that finds the arena sees it whole.
  atomic_store_explicit(&lw_arenas_[arena->number], arena, memory_order_release);
  if (arena->unchecked) return;
  // relaxed: whoever has memory of an arena has heard of it.
  atomic_fetch_add_explicit(&lw_checking_arenas_, 1, memory_order_relaxed);
  mark(arena, arena->number);
}

void lw_registry_forget_(lw_arena *arena, uint32_t next_serial) {
  if (lw_arena_numbered_(arena->number) == arena) {
    mark(arena, 0);
    atomic_store(&lw_arenas_[arena->number], NULL);
    // relaxed: as above.
    if (!arena->unchecked) atomic_fetch_sub_explicit(&lw_checking_arenas_, 1, memory_order_relaxed);
  }
  lw_lock_acquire(&registry_lock);
  next_serials[arena->number] = next_serial;
  taken[arena->number] = false;
  lw_lock_release_quietly(&registry_lock);
}

lw_block lw_block_at(const void *address) {
  lw_block block = {0};
  lw_arena *arena = lw_arena_at_(address);
  if (!arena) return block;
  block.arena = arena;
  block.number = arena->number;
  lw_place place = lw_place_of_(arena, address);
  if (!place.slot) return block;
  uint64_t word = lw_word_read(&place.slot->word);
  block.state = lw_word_state(word);
  block.open_loans = lw_word_loans(word);
  block.start = (void *)((uintptr_t)address - place.within);
  block.slot_bytes = place.slot_bytes;
  if (lw_word_generation(word) == 0) return block;
  block.incarnation = lw_incarnation_of(place.number, word);
  block.requested = lw_shape_requested(LW_FACT(place.slot->shape));
  return block;
}

lw_incarnation lw_incarnation_live_in(const lw_arena *arena, const void *address) {
  lw_place place = lw_place_of_(arena, address);
  if (!place.slot || place.within != 0) return 0;
  uint64_t word = lw_word_read(&place.slot->word);
  return lw_word_state(word) == LW_BLOCK_LIVE ? lw_incarnation_of(place.number, word) : 0;
}

lw_incarnation lw_incarnation_live_at(const void *address, lw_arena_number *number) {
  lw_arena *arena = lw_arena_at_(address);
  if (number) *number = arena ? arena->number : 0;
  return arena ? lw_incarnation_live_in(arena, address) : 0;
}
