// Damage that somebody has been named for, so that verify does not report it a second time with an unknown writer.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

/// Adds the bytes to what the slot's damage is blamed on. One range a slot: two become the range that holds both.
void lw_blame_(lw_slot *slot, uint64_t offset, uint64_t bytes);
/// Blames what every writer that is inside the incarnation said it would write.
void lw_blame_writers_(lw_arena *arena, lw_incarnation incarnation);
/// Forgets the blame when the slot goes to a new owner, unless a writer may still be at it.
void lw_blame_forget_(lw_arena *arena, uint32_t number);

static inline bool lw_blame_covers_(uint64_t blamed, uint64_t offset) {
  return offset - (blamed >> 32) < (uint32_t)blamed;
}

#pragma clang assume_nonnull end
