// Where slots come from when a thread has none of a class: the slots that other threads gave up, blocks that waited
// long enough, fresh ones, and only then blocks whose quarantine is cut short because the range is used up.
#include "supply.h"

#include <unistd.h>

enum { BATCH_MAX = 32, BATCH_BYTES = 8192, FRESH_FIRST = 8, RETRIES_MAX = 32 };

void lw_cache_know_(lw_arena *arena, lw_thread_number thread) {
  lw_cache *cache = &arena->caches[thread];
  if (arena->reuse == LW_REUSE_QUARANTINE) lw_quarantine_begin_(arena, cache);
  lw_lock_acquire(&arena->lock);
  arena->known_threads[arena->threads++] = (uint16_t)thread;
  // relaxed: a late view of its new share keeps a thread's ring longer for a few frees.
  atomic_store_explicit(&arena->ring_limit, arena->quarantine_blocks / arena->threads, memory_order_relaxed);
  atomic_store_explicit(&arena->ring_bytes_limit, arena->quarantine_bytes / arena->threads, memory_order_relaxed);
  // release: who reads how many they are finds their limits.
  atomic_store_explicit(&arena->sharers, arena->threads, memory_order_release);
  cache->known = true;
  lw_lock_release_quietly(&arena->lock);
}

static uint32_t batch(uint32_t size_class) {
  uint64_t fit = BATCH_BYTES / lw_class_bytes(size_class);
  return fit > BATCH_MAX ? BATCH_MAX : fit > 1 ? (uint32_t)fit : 1;
}

/// Takes a thread's share of what others gave up. Their order is kept: the newest is used first.
static void take_shared(lw_arena *arena, lw_cache *cache, uint32_t size_class) LW_REQUIRES(arena->lock) {
  lw_shared_class *shared = &arena->classes[size_class];
  uint32_t newest = shared->ready, last = 0, count = 0;
  for (uint32_t at = newest; at != 0 && count < batch(size_class); at = arena->slots[at - 1].link) {
    last = at;
    count++;
  }
  if (count == 0) return;
  shared->ready = arena->slots[last - 1].link;
  arena->slots[last - 1].link = cache->ready[size_class];
  cache->ready[size_class] = newest;
  cache->ready_count[size_class] += count;
}

/// Gives the next unused spans to a class. False when the range or the slot numbers are used up.
static bool open_span(lw_arena *arena, uint32_t size_class, uint64_t bytes) LW_REQUIRES(arena->lock) {
  uint64_t first = LW_FACT(arena->spans_used), left = (arena->bytes >> LW_SPAN_SHIFT) - first;
  uint64_t slot_bytes = lw_class_bytes(size_class);
  // The last long slot may be cut to what is asked for; it serves the class below from then on.
  if (slot_bytes > left << LW_SPAN_SHIFT) slot_bytes = (bytes + LW_SPAN_BYTES - 1) & ~(uint64_t)(LW_SPAN_BYTES - 1);
  uint64_t spans = slot_bytes > LW_SPAN_BYTES ? slot_bytes >> LW_SPAN_SHIFT : 1;
  uint32_t first_slot = LW_FACT(arena->slots_used);
  uint64_t count = spans > 1 ? 1 : LW_SPAN_BYTES / slot_bytes;
  if (count > arena->slots_max - first_slot) count = arena->slots_max - first_slot;
  if (spans > left || count == 0) return false;
  uint32_t home = (uint32_t)((first << LW_SPAN_SHIFT) / LW_SLOT_ALIGNMENT);
  uint32_t apart = (uint32_t)(slot_bytes / LW_SLOT_ALIGNMENT), last = (uint32_t)count - 1;
  // After a reset a span mostly serves the class that it served before; the distance from its first slot to the same
  // one of another class is another.
  if (LW_FACT(arena->homes[first_slot]) != home || LW_FACT(arena->homes[first_slot + last]) != home + last * apart)
    for (uint32_t i = 0; i <= last; i++) LW_SET_FACT(arena->homes[first_slot + i], home + i * apart);
  for (uint64_t i = first; i < first + spans; i++) {
    LW_SET_FACT(arena->spans[i].first_slot, first_slot);
    LW_SET_FACT(arena->spans[i].reciprocal, spans > 1 ? 0 : (uint32_t)(((1ull << 32) + slot_bytes - 1) / slot_bytes));
    // release, both: who reads one of these finds the other fields.
    atomic_store_explicit(&arena->spans[i].units, (uint32_t)(slot_bytes / LW_SLOT_ALIGNMENT), memory_order_release);
    if (slot_bytes <= LW_SHORT_BYTES_MAX)
      atomic_store_explicit(&arena->spans[i].short_end, (uint32_t)((count - 1) * slot_bytes + 1), memory_order_release);
  }
  arena->classes[size_class].fresh = first_slot;
  arena->classes[size_class].fresh_end = first_slot + (uint32_t)count;
  LW_SET_FACT(arena->spans_used, (uint32_t)(first + spans));
  // release: a walk over all slots finds their homes.
  atomic_store_explicit(&arena->slots_used, first_slot + (uint32_t)count, memory_order_release);
  return true;
}

/// Hands out slots that were never used, the lowest address first: few to a thread that uses few, and twice as many
/// each time. Threads that use many have long runs of neighbours then, and their processors do not fetch ahead what
/// belongs to another one.
static void take_fresh(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint64_t bytes) LW_REQUIRES(arena->lock) {
  lw_shared_class *shared = &arena->classes[size_class];
  if (shared->fresh == shared->fresh_end && !open_span(arena, size_class, bytes)) return;
  uint32_t count = shared->fresh_end - shared->fresh;
  uint32_t first = batch(size_class) < FRESH_FIRST ? batch(size_class) : FRESH_FIRST;
  uint32_t takes = cache->fresh_takes[size_class];
  if (count > first << takes) {
    count = first << takes;
    cache->fresh_takes[size_class]++;
  }
  for (uint32_t i = count; i > 0; i--) lw_ready_push_(arena, cache, size_class, shared->fresh + i - 1);
  shared->fresh += count;
  // relaxed: only stored under the arena's lock. release: a walk over the slots finds what made them slots.
  if (atomic_load_explicit(&arena->slots_touched, memory_order_relaxed) < shared->fresh)
    atomic_store_explicit(&arena->slots_touched, shared->fresh, memory_order_release);
}

lw_entry lw_supply_refill_(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint64_t bytes) {
  uint32_t *ready = &cache->ready[size_class];
  lw_lock_acquire(&arena->lock);
  if (size_class >= arena->classes_end) arena->classes_end = size_class + 1;
  take_shared(arena, cache, size_class);
  if (*ready == 0 && arena->reuse <= LW_REUSE_QUARANTINE) lw_aside_retry_(arena, cache, RETRIES_MAX);
  if (*ready == 0) take_fresh(arena, cache, size_class, bytes);
  if (*ready == 0 && arena->reuse != LW_REUSE_NEVER) {
    lw_quarantine_cut_short_(arena, cache);
    lw_aside_take_(arena, cache, size_class);
    take_shared(arena, cache, size_class);
  }
  lw_lock_release_quietly(&arena->lock);
  return lw_supply_take_(arena, cache, size_class);
}

void lw_supply_reconsider_(lw_arena *arena, uint64_t bytes) {
  lw_cache *cache = lw_cache_of_(arena, lw_thread_self());
  uint64_t needed = bytes + LW_SLACK_MIN;
  uint32_t *first = &cache->ready[lw_class_for(needed < arena->bytes ? needed : arena->bytes)];
  uint32_t newest = *first, second = newest != 0 ? arena->slots[newest - 1].link : 0;
  // A slot that was never used has an address that nobody knows.
  if (second == 0 || lw_word_state(lw_word_read(&arena->slots[newest - 1].word)) != LW_BLOCK_QUARANTINED) return;
  if (lw_choose(LW_CHOICE_REUSE, arena, 2) == 0) return;
  arena->slots[newest - 1].link = arena->slots[second - 1].link;
  arena->slots[second - 1].link = newest;
  *first = second;
}

void lw_supply_make_ready_(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint32_t number) {
  if (cache->ready_count[size_class] < arena->ready_limits[size_class]) {
    lw_ready_push_(arena, cache, size_class, number);
    return;
  }
  arena->slots[number].link = arena->classes[size_class].ready;
  arena->classes[size_class].ready = number + 1;
}

/// Makes room when a thread keeps too many slots of a class: the ones freed longest ago go to everybody.
static LW_RARE void share(lw_arena *arena, lw_cache *cache, uint32_t size_class) {
  uint32_t keep = cache->ready_count[size_class] / 2;
  uint32_t last = 0;
  uint32_t *after = &cache->ready[size_class];
  for (uint32_t i = 0; i < keep; i++) after = &arena->slots[*after - 1].link;
  uint32_t oldest_half = *after;
  *after = 0;
  cache->ready_count[size_class] = keep;
  for (uint32_t at = oldest_half; at != 0; at = arena->slots[at - 1].link) last = at;
  lw_lock_acquire(&arena->lock);
  arena->slots[last - 1].link = arena->classes[size_class].ready;
  arena->classes[size_class].ready = oldest_half;
  lw_lock_release_quietly(&arena->lock);
}

void lw_supply_give_(lw_arena *arena, lw_slot *freed) {
  lw_cache *cache = lw_cache_of_(arena, lw_thread_self());
  uint32_t size_class = lw_shape_class(LW_FACT(freed->shape)), number = (uint32_t)(freed - arena->slots);
  if (arena->reuse == LW_REUSE_QUARANTINE) {
    lw_quarantine_give_(arena, cache, lw_entry_of_(LW_FACT(arena->homes[number]), size_class, number));
  } else if (arena->reuse == LW_REUSE_IMMEDIATE) {
    lw_ready_push_(arena, cache, size_class, number);
    if (__builtin_expect(cache->ready_count[size_class] > arena->ready_limits[size_class], 0))
      share(arena, cache, size_class);
  } else if (arena->reuse == LW_REUSE_RANDOM) {
    lw_supply_set_aside_(arena, number);
  }
}
