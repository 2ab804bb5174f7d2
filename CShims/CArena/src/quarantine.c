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
    lw_aside_push_(arena, lw_entry_slot_(cache->ring[cache->ring_first++ & cache->ring_mask]));
  cache->ring_bytes = cache->full_among = 0;
}

/// A block that leaves the ring although it is lent, or although the thread has enough.
static LW_RARE void overflow(lw_arena *arena, lw_cache *cache, lw_entry entry) {
  uint32_t number = lw_entry_slot_(entry);
  lw_lock_acquire(&arena->lock);
  if (lw_word_is_inert(lw_word_read(&arena->slots[number].word)))
    lw_supply_make_ready_(arena, cache, lw_entry_class_(entry), number);
  else
    lw_aside_push_(arena, number);
  lw_lock_release_quietly(&arena->lock);
}

static bool may_be_kept(lw_arena *arena, lw_cache *cache, lw_entry entry) {
  uint32_t size_class = lw_entry_class_(entry);
  return lw_word_is_inert(lw_word_read(&arena->slots[lw_entry_slot_(entry)].word)) &&
         cache->ready_count[size_class] < arena->ready_limits[size_class];
}

/// Empties the hand: the slot waits until the thread has no newer one.
static void put_down(lw_arena *arena, lw_cache *cache) {
  lw_entry held = cache->hand;
  cache->hand = 0;
  if (held == 0) return;
  if (__builtin_expect(may_be_kept(arena, cache, held), 1))
    lw_ready_push_(arena, cache, lw_entry_class_(held), lw_entry_slot_(held));
  else
    overflow(arena, cache, held);
}

/// Takes out the block that has waited longest.
static void evict(lw_arena *arena, lw_cache *cache) {
  lw_entry oldest = cache->ring[cache->ring_first++ & cache->ring_mask];
  cache->ring_count--;
  cache->ring_bytes -= lw_class_bytes(lw_entry_class_(oldest));
  put_down(arena, cache);
  if (__builtin_expect(may_be_kept(arena, cache, oldest), 1))
    cache->hand = oldest;
  else
    overflow(arena, cache, oldest);
}

static bool is_over(const lw_arena *arena, const lw_cache *cache) {
  return cache->ring_count > LW_FACT(arena->ring_limit) || cache->ring_bytes > LW_FACT(arena->ring_bytes_limit);
}

void lw_quarantine_give_(lw_arena *arena, lw_cache *cache, lw_entry freed) {
  cache->ring[(cache->ring_first + cache->ring_count++) & cache->ring_mask] = freed;
  cache->ring_bytes += lw_class_bytes(lw_entry_class_(freed));
  // acquire: the limits that are read below are theirs, or newer ones, and then the ring is looked at again.
  uint32_t sharers = atomic_load_explicit(&arena->sharers, memory_order_acquire);
  if (is_over(arena, cache)) evict(arena, cache);
  // Another one, because the thread's share has become smaller, or short blocks follow a long one.
  if (is_over(arena, cache)) evict(arena, cache);
  bool full = cache->ring_count == LW_FACT(arena->ring_limit) && cache->ring_bytes <= LW_FACT(arena->ring_bytes_limit);
  cache->full_among = full ? sharers : 0;
}
