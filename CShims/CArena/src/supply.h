// Where an allocation's slot comes from and where a freed slot goes. Threads keep lists of their own and meet under the
// arena's lock only when those are empty or full.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

/// Evictions between the prefetch of a block and its verification: longer than a miss takes.
enum { LW_PREFETCH_AHEAD = 8 };

LW_QUICK void lw_ready_push_(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint32_t number) {
  arena->slots[number].link = cache->ready[size_class];
  cache->ready[size_class] = number + 1;
  cache->ready_count[size_class]++;
}

/// Finds a slot when the thread has none of the class ready. `bytes` with slack. 0: the arena is full.
LW_RARE lw_entry lw_supply_refill_(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint64_t bytes);
/// Gives a slot to the thread or, when it has enough, to everybody.
void lw_supply_make_ready_(lw_arena *arena, lw_cache *cache, uint32_t size_class, uint32_t number)
    LW_REQUIRES(arena->lock);
/// Keeps a slot that cannot be used now for later.
LW_RARE void lw_supply_set_aside_(lw_arena *arena, uint32_t number);
/// For the policy `immediate` under control: whether the block freed last is used first, as it would be, or the one
/// before it, is a choice by lw_choose.
LW_RARE void lw_supply_reconsider_(lw_arena *arena, uint64_t bytes);
/// Chooses a freed block that nobody may write into, by lw_choose. 0: there is none.
LW_RARE lw_entry lw_supply_choose_(lw_arena *arena, uint32_t size_class);

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
/// Puts a freed block into the thread's ring and takes out what has waited long enough.
void lw_quarantine_give_(lw_arena *arena, lw_cache *cache, lw_entry freed);

/// For the free that is the rule: the ring is full, and what leaves it is as long as what comes and goes into an empty
/// hand. What leaves; 0: it is another free, or the policy is not to wait. Changes nothing, so that it can be found out
/// while the block's facts are still on their way from memory.
///
/// A full ring is longer than the near caches are large, so a block that leaves it has cold facts and a cold poison,
/// and the allocation that verifies it would wait for memory. Which one leaves soon is known, so it is fetched in time:
/// its facts here, its lines from `next` on by the caller.
LW_QUICK lw_entry lw_quarantine_oldest_(const lw_arena *arena, const lw_cache *cache, uint64_t lines,
                                        const char *_Nonnull *_Nonnull next) {
  if (cache->full_among != LW_FACT(arena->sharers) || cache->hand != 0) return 0;
  lw_entry oldest = cache->ring[cache->ring_first & cache->ring_mask];
  // Slots of so few lines have one more than their class says; longer ones have even more, and are not exchanged.
  if ((uint32_t)oldest >> 24 != lines) return 0;
  // While the ring is shorter than that, an entry of the past or none: slots that exist all the same.
  lw_entry soon = cache->ring[(cache->ring_first + LW_PREFETCH_AHEAD) & cache->ring_mask];
  __builtin_prefetch(&arena->slots[lw_entry_slot_(soon)], 1);
  *next = arena->base + lw_entry_home_(soon) * LW_SLOT_ALIGNMENT;
  return oldest;
}
/// Takes `oldest`, which was just found, and puts `freed` in.
LW_QUICK void lw_quarantine_exchange_(lw_cache *cache, lw_entry freed, lw_entry oldest) {
  cache->ring[(cache->ring_first + cache->ring_count) & cache->ring_mask] = freed;
  cache->ring_first++;
  cache->hand = oldest;
}

/// Keeps a freed slot for reuse, as the arena's policy says.
LW_APART void lw_supply_give_(lw_arena *arena, lw_slot *freed);

/// A slot of the class that the thread has at hand or ready.
LW_QUICK lw_entry lw_supply_take_(lw_arena *arena, lw_cache *cache, uint32_t size_class) {
  lw_entry taken = cache->hand;
  if (__builtin_expect(taken != 0 && lw_entry_class_(taken) == size_class, 1)) {
    cache->hand = 0;
    return taken;
  }
  uint32_t number = cache->ready[size_class];
  if (number-- == 0) return 0;
  cache->ready[size_class] = arena->slots[number].link;
  cache->ready_count[size_class]--;
  return lw_entry_of_(LW_FACT(arena->homes[number]), size_class, number);
}

#pragma clang assume_nonnull end
