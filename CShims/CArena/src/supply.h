// Where an allocation's slot comes from and where a freed slot goes. Threads keep lists of their own and meet under the
// arena's lock only when those are empty or full.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

enum {
  LW_RING_SLOT = 0xFFFFFF, ///< bits of a ring's entry that are the slot
  LW_RING_CLASS_SHIFT = 24,
  LW_PREFETCH_AHEAD = 8, ///< evictions between the prefetch of a block and its verification: longer than a miss takes
  LW_PREFETCH_LINES = LW_LINEAR_CLASSES ///< of a block; behind that the processor sees a stream by itself
};

LW_QUICK void lw_ready_push_(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint32_t number) {
  arena->slots[number].link = cache->ready[size_class];
  cache->ready[size_class] = number + 1;
  cache->ready_count[size_class]++;
}

/// Finds a slot when the thread has none of the class ready. `bytes` with slack. Slot number + 1; 0: the arena is full.
LW_RARE uint32_t lw_supply_refill_(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint64_t bytes);
/// Makes room when a thread keeps too many slots of a class: the ones freed longest ago go to everybody.
LW_RARE void lw_supply_share_(lw_arena *arena, lw_cache *cache, uint32_t size_class);
/// Gives a slot to the thread or, when it has enough, to everybody.
void lw_supply_make_ready_(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint32_t number)
    LW_REQUIRES(arena->lock);
/// Keeps a slot that cannot be used now for later.
LW_RARE void lw_supply_set_aside_(lw_arena *arena, uint32_t number);
/// Chooses a freed block that nobody may write into, by lw_choose. Slot number + 1; 0: there is none.
LW_RARE uint32_t lw_supply_choose_(lw_arena *arena, uint32_t size_class);

void lw_aside_push_(lw_arena *arena, uint32_t number) LW_REQUIRES(arena->lock);
/// Looks at some of the slots set aside again; those that nobody may write into any more become ready.
void lw_aside_retry_(lw_arena *arena, lw_cache *cache, uint64_t attempts) LW_REQUIRES(arena->lock);
/// Makes one slot of the class ready, if there is one, wherever it stands.
void lw_aside_take_(lw_arena *arena, lw_cache *cache, uint32_t size_class) LW_REQUIRES(arena->lock);

/// Makes a thread's ring; ends it.
void lw_quarantine_begin_(lw_arena *arena, lw_cache *cache);
void lw_quarantine_end_(lw_cache *cache);
/// The arena is full otherwise: the blocks of the thread's ring wait no longer.
void lw_quarantine_cut_short_(lw_arena *arena, lw_cache *cache) LW_REQUIRES(arena->lock);
/// A block that leaves the ring although it is lent, or although the thread has enough.
LW_RARE void lw_quarantine_overflow_(lw_arena *arena, lw_cache *cache, uint32_t number, uint32_t size_class);

/// A full ring is longer than the near caches are large, so a block that leaves it has cold facts and a cold poison,
/// and the allocation that verifies it would wait for memory. Which one leaves soon is known, so it is fetched in time.
LW_QUICK void lw_quarantine_prefetch_(const lw_arena *arena, const lw_cache *cache) {
  // While the ring is shorter than that, an entry of the past or no entry: slots that exist all the same.
  uint32_t soon = cache->ring[(cache->ring_first + LW_PREFETCH_AHEAD) & cache->ring_mask];
  const char *start = lw_slot_start_(arena, soon & LW_RING_SLOT);
  __builtin_prefetch(&arena->slots[soon & LW_RING_SLOT], 1);
  // The class of a slot of up to that many lines is one less than they are; longer slots have higher classes.
  uint64_t lines = (soon >> LW_RING_CLASS_SHIFT) + 1;
  if (lines > LW_PREFETCH_LINES) lines = LW_PREFETCH_LINES;
  for (const char *end = start + lines * LW_SLOT_ALIGNMENT; start < end; start += LW_SLOT_ALIGNMENT)
    __builtin_prefetch(start, 1);
}

LW_QUICK bool lw_quarantine_is_over_(const lw_arena *arena, const lw_cache *cache) {
  return cache->ring_count > LW_FACT(arena->ring_limit) || cache->ring_bytes > LW_FACT(arena->ring_bytes_limit);
}

/// Takes out the block that has waited longest.
LW_QUICK void lw_quarantine_evict_(lw_arena *arena, lw_cache *cache) {
  lw_quarantine_prefetch_(arena, cache);
  uint32_t oldest = cache->ring[cache->ring_first++ & cache->ring_mask];
  uint32_t oldest_class = oldest >> LW_RING_CLASS_SHIFT;
  cache->ring_count--;
  cache->ring_bytes -= lw_class_bytes(oldest_class);
  if (__builtin_expect(lw_word_is_inert(lw_word_read(&arena->slots[oldest & LW_RING_SLOT].word)) &&
                           cache->ready_count[oldest_class] < arena->ready_limits[oldest_class],
                       1))
    lw_ready_push_(arena, cache, oldest_class, oldest & LW_RING_SLOT);
  else
    lw_quarantine_overflow_(arena, cache, oldest & LW_RING_SLOT, oldest_class);
}
/// Another one, because the thread's share has become smaller, or short blocks follow a long one.
LW_RARE void lw_quarantine_evict_another_(lw_arena *arena, lw_cache *cache);

/// Puts a freed block into the thread's ring and takes out what has waited long enough.
LW_QUICK void lw_quarantine_give_(lw_arena *arena, lw_cache *cache, uint32_t number, uint32_t size_class,
                                  uint64_t class_bytes) {
  uint32_t entry = number | size_class << LW_RING_CLASS_SHIFT;
  cache->ring[(cache->ring_first + cache->ring_count++) & cache->ring_mask] = entry;
  cache->ring_bytes += class_bytes;
  if (!lw_quarantine_is_over_(arena, cache)) return;
  lw_quarantine_evict_(arena, cache);
  if (__builtin_expect(lw_quarantine_is_over_(arena, cache), 0)) lw_quarantine_evict_another_(arena, cache);
}

/// Keeps a freed slot for reuse, as the arena's policy says.
LW_QUICK void lw_supply_give_(lw_arena *arena, lw_cache *cache, uint32_t number, uint32_t size_class,
                              uint64_t class_bytes) {
  if (arena->reuse == LW_REUSE_QUARANTINE) {
    lw_quarantine_give_(arena, cache, number, size_class, class_bytes);
  } else if (arena->reuse == LW_REUSE_IMMEDIATE) {
    lw_ready_push_(arena, cache, size_class, number);
    if (__builtin_expect(cache->ready_count[size_class] > arena->ready_limits[size_class], 0))
      lw_supply_share_(arena, cache, size_class);
  } else if (arena->reuse == LW_REUSE_RANDOM) {
    lw_supply_set_aside_(arena, number);
  }
}

#pragma clang assume_nonnull end
