// Which arenas are open, by number and by address, without a lock.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

enum { LW_GRANULE_SHIFT = 30, LW_ADDRESS_BITS = 47 };

extern _Atomic(lw_arena *_Nullable) lw_arenas_[LW_ARENAS_MAX + 1];
/// By gibibyte of the address space: the number of the arena that has a part of it. Ranges are aligned to this granule,
/// so a lookup is two loads however many arenas are open.
extern _Atomic uint8_t lw_granules_[1 << (LW_ADDRESS_BITS - LW_GRANULE_SHIFT)];

static inline lw_arena *_Nullable lw_arena_numbered_(uint32_t number) {
  // acquire: pairs with the publication of the opened arena.
  return number <= LW_ARENAS_MAX ? atomic_load_explicit(&lw_arenas_[number], memory_order_acquire) : NULL;
}

/// The arena whose range holds `address`, NULL for none.
static inline lw_arena *_Nullable lw_arena_at_(const void *_Nullable address) {
  uint64_t granule = (uint64_t)(uintptr_t)address >> LW_GRANULE_SHIFT;
  if (granule >= sizeof lw_granules_) return NULL;
  // relaxed: the arena itself is read with acquire.
  lw_arena *arena = lw_arena_numbered_(atomic_load_explicit(&lw_granules_[granule], memory_order_relaxed));
  return arena && (uintptr_t)address - (uintptr_t)arena->base < arena->bytes ? arena : NULL;
}

/// Gives the arena a number and remembers in `first_serial` where its loans must start. False: all are in use.
bool lw_registry_number_(lw_arena *arena);
/// Makes the arena findable.
void lw_registry_publish_(lw_arena *arena);
/// Forgets the arena; its number may be used again, with loans from `next_serial` on.
void lw_registry_forget_(lw_arena *arena, uint32_t next_serial);

#pragma clang assume_nonnull end
