// The quarantine: freed blocks in the order of their frees, a ring for each thread, so that blocks do not wander
// between processors. Bounded by count and bytes for the whole arena: each of its threads has an equal share.
#include "supply.h"

void lw_quarantine_begin_(lw_arena *arena, lw_cache *cache) {
  uint64_t most = arena->quarantine_blocks < arena->slots_max ? arena->quarantine_blocks : arena->slots_max;
  uint64_t capacity = 64;
  while (capacity < most + 2) capacity *= 2;
  cache->ring = lw_pages_reserve(capacity * sizeof *cache->ring);
  if (!cache->ring) lw_fatal("the system has no memory for a thread's quarantine: lower quarantine_blocks");
  cache->ring_mask = (uint32_t)capacity - 1;
}

void lw_quarantine_end_(lw_cache *cache) {
  if (cache->ring) lw_pages_release(cache->ring, ((size_t)cache->ring_mask + 1) * sizeof *cache->ring);
}

void lw_quarantine_cut_short_(lw_arena *arena, lw_cache *cache) {
  for (; cache->ring_count > 0; cache->ring_count--)
    lw_aside_push_(arena, cache->ring[cache->ring_first++ & cache->ring_mask] & LW_RING_SLOT);
  cache->ring_bytes = 0;
}

void lw_quarantine_evict_another_(lw_arena *arena, lw_cache *cache) { lw_quarantine_evict_(arena, cache); }

void lw_quarantine_overflow_(lw_arena *arena, lw_cache *cache, uint32_t number, uint32_t size_class) {
  lw_lock_acquire(&arena->lock);
  if (lw_word_is_inert(lw_word_read(&arena->slots[number].word)))
    lw_supply_make_ready_(arena, cache, size_class, number);
  else
    lw_aside_push_(arena, number);
  lw_lock_release_quietly(&arena->lock);
}
