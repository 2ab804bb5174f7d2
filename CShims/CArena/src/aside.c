// Freed slots that belong to no thread: those that could not be reused at their turn because somebody may still write
// into them, and under `random` all of them. One ring under the arena's lock, large enough for every slot there is.
#include <string.h>

#include "supply.h"

enum { CANDIDATES_MAX = 64 };

static void grow(lw_arena *arena) LW_REQUIRES(arena->lock) {
  // The ring's memory is reserved for every slot; only what wrapped around must move.
  memcpy(arena->aside + arena->aside_capacity, arena->aside, arena->aside_first * sizeof *arena->aside);
  arena->aside_capacity *= 2;
}

void lw_aside_push_(lw_arena *arena, uint32_t number) {
  if (arena->aside_count == arena->aside_capacity) grow(arena);
  arena->aside[(arena->aside_first + arena->aside_count++) & (arena->aside_capacity - 1)] = number;
}

static uint32_t pop(lw_arena *arena) LW_REQUIRES(arena->lock) {
  uint32_t number = arena->aside[arena->aside_first];
  arena->aside_first = (arena->aside_first + 1) & (arena->aside_capacity - 1);
  arena->aside_count--;
  return number;
}

static uint32_t class_of(lw_arena *arena, uint32_t number) {
  return lw_shape_class(LW_FACT(arena->slots[number].shape));
}

/// Nobody holds a loan of it, nobody writes, nobody reads it at the moment.
static bool is_reusable(lw_arena *arena, uint32_t number) {
  uint64_t word = lw_word_read(&arena->slots[number].word);
  return lw_word_is_inert(word) && lw_word_state(word) == LW_BLOCK_QUARANTINED;
}

void lw_aside_retry_(lw_arena *arena, lw_cache *cache, uint64_t attempts) {
  if (attempts > arena->aside_count) attempts = arena->aside_count;
  for (; attempts > 0; attempts--) {
    uint32_t number = pop(arena);
    if (is_reusable(arena, number))
      lw_supply_make_ready_(arena, cache, class_of(arena, number), number);
    else
      lw_aside_push_(arena, number);
  }
}

void lw_aside_take_(lw_arena *arena, lw_cache *cache, uint32_t size_class) {
  bool found = false;
  for (uint64_t i = arena->aside_count; i > 0; i--) {
    uint32_t number = pop(arena);
    if (!found && class_of(arena, number) == size_class && is_reusable(arena, number)) {
      lw_supply_make_ready_(arena, cache, size_class, number);
      found = true;
    } else {
      lw_aside_push_(arena, number);
    }
  }
}

void lw_supply_set_aside_(lw_arena *arena, uint32_t number) {
  lw_lock_acquire(&arena->lock);
  lw_aside_push_(arena, number);
  lw_lock_release_quietly(&arena->lock);
}

/// Counts the oldest reusable blocks of a class, at most CANDIDATES_MAX, and finds the place of the one numbered
/// `wanted`.
static uint32_t candidates(lw_arena *arena, uint32_t size_class, uint32_t wanted, uint64_t *place)
    LW_REQUIRES(arena->lock) {
  uint32_t count = 0;
  for (uint64_t i = 0; i < arena->aside_count && count < CANDIDATES_MAX; i++) {
    uint64_t at = (arena->aside_first + i) & (arena->aside_capacity - 1);
    if (class_of(arena, arena->aside[at]) != size_class || !is_reusable(arena, arena->aside[at])) continue;
    if (count++ == wanted) *place = at;
  }
  return count;
}

lw_entry lw_supply_choose_(lw_arena *arena, uint32_t size_class) {
  uint64_t place = 0;
  lw_entry taken = 0;
  lw_lock_acquire(&arena->lock);
  uint32_t count = candidates(arena, size_class, 0, &place);
  lw_lock_release_quietly(&arena->lock);
  if (count == 0) return 0;
  // Without the lock: a controller may stop the thread here.
  uint32_t wanted = lw_choose(LW_CHOICE_REUSE, arena, count);
  lw_lock_acquire(&arena->lock);
  count = candidates(arena, size_class, wanted, &place);
  // Fewer are left than there were: the first will do.
  if (count <= wanted) count = candidates(arena, size_class, 0, &place);
  if (count > 0) {
    uint32_t number = arena->aside[place];
    taken = lw_entry_of_(LW_FACT(arena->homes[number]), size_class, number);
    // The oldest moves into the gap: the order of the others does not matter where the choice is free.
    arena->aside[place] = arena->aside[arena->aside_first];
    pop(arena);
  }
  lw_lock_release_quietly(&arena->lock);
  return taken;
}
