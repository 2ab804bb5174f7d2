// What an arena is made of. Blocks lie in one reserved range, divided in spans; a span belongs to one size class.
// Everything that is known about a block lies elsewhere, in parallel arrays: address -> span -> slot number -> one
// cache line of facts. Nothing is ever written into a block but its contents and its poison (rule 6).
#pragma once

#include "loan_record.h"
#include "scope.h"
#include "size_classes.h"
#include "words.h"

#pragma clang assume_nonnull begin

enum { LW_ARENAS_MAX = 255, LW_NAME_BYTES = 32 };

/// One slot, one cache line. `link` belongs to the list that the slot is on; all else is facts of the incarnation.
typedef struct lw_slot {
  _Atomic uint64_t word;
  _Atomic uint64_t shape; ///< requested bytes (48 bits), layout (8), size class + 1 (8, highest)
  _Atomic uint64_t allocated_stamp;
  _Atomic uint64_t freed_stamp;
  _Atomic uint64_t blamed; ///< offset << 32 | bytes: damage that somebody has been named for; 0 none
  _Atomic uint32_t allocated_stack;
  _Atomic uint32_t freed_stack;
  _Atomic uint32_t cause;       ///< serial of the LW001 of this incarnation (31 bits) and whether it has a record (1)
  _Atomic uint32_t newest_loan; ///< index + 1
  _Atomic uint16_t allocated_thread;
  _Atomic uint16_t freed_thread;
  uint32_t link; ///< slot number + 1; 0 ends the list
} lw_slot;
_Static_assert(sizeof(lw_slot) == 64, "a slot's facts are one cache line");

static inline uint64_t lw_shape(uint64_t requested, lw_layout layout, uint32_t size_class) {
  return requested | (uint64_t)layout << 48 | (uint64_t)(size_class + 1) << 56;
}
static inline uint64_t lw_shape_requested(uint64_t shape) { return shape & ((1ull << 48) - 1); }
static inline lw_layout lw_shape_layout(uint64_t shape) { return (lw_layout)(shape >> 48) & 0xFF; }
static inline uint32_t lw_shape_class(uint64_t shape) { return (uint32_t)(shape >> 56) - 1; }

/// A span of 64 KiB, or one of the spans of a longer slot. Written once, before its slots are handed out; `units` and
/// `short_end` last.
typedef struct lw_span {
  _Atomic uint32_t units; ///< slot length in 64 bytes; 0: the span was never used
  _Atomic uint32_t first_slot;
  _Atomic uint32_t reciprocal; ///< 2^32 / slot bytes, rounded up; 0 for slots of several spans
  _Atomic uint32_t short_end;  ///< behind the start of the last slot, if slots are at most a chunk of poison long; 0
} lw_span;

/// A slot with all that its next user needs of it, so that nobody looks it up again: where it starts (32 bits, highest,
/// in 64 bytes from the arena's base), size class + 1 (8), slot number (24). 0 is none.
typedef uint64_t lw_entry;
LW_QUICK lw_entry lw_entry_of_(uint64_t home, uint32_t size_class, uint32_t number) {
  return home << 32 | (uint64_t)(size_class + 1) << 24 | number;
}
LW_QUICK uint64_t lw_entry_home_(lw_entry entry) { return entry >> 32; }
LW_QUICK uint32_t lw_entry_class_(lw_entry entry) { return ((uint32_t)entry >> 24) - 1; }
LW_QUICK uint32_t lw_entry_slot_(lw_entry entry) { return (uint32_t)entry & 0xFFFFFF; }

/// What one thread keeps of an arena, reached by the thread's number, so that whoever gets the number inherits it. The
/// first line is what almost every call needs. Slot lists are linked through the slots, loans through their records;
/// numbers + 1, 0 is none.
typedef struct lw_cache {
  _Alignas(64) lw_entry *_Nullable ring; ///< quarantine, oldest at `ring_first`
  uint64_t ring_first;
  uint64_t ring_count;
  uint64_t ring_bytes;
  lw_entry hand; ///< what has left the ring last: the next one to be used, before `ready`
  uint32_t ring_mask;
  uint32_t full_among; ///< the ring is as full as may be while that many threads share the quarantine; 0: it is not
  bool known;          ///< listed in `known_threads`
  uint32_t loans;
  uint32_t loan_count;
  uint32_t ready[LW_CLASS_COUNT];
  uint32_t ready_count[LW_CLASS_COUNT];
  uint8_t fresh_takes[LW_CLASS_COUNT]; ///< how often the number of fresh slots that it takes at once was doubled
} lw_cache;

/// A size class as all threads share it.
typedef struct lw_shared_class {
  uint32_t ready; ///< slot + 1
  uint32_t fresh; ///< next slot of the newest span that was never handed out
  uint32_t fresh_end;
} lw_shared_class;

/// An incarnation that left its slot with loans or writers (rule 10). Copies the facts that the slot no longer has.
typedef struct lw_retired {
  lw_incarnation incarnation; ///< 0: the record is free
  uint32_t loans;
  uint32_t writers;
  uint32_t next; ///< index + 1, of the same bucket or of the free list
  uint32_t freed_stack;
  uint32_t allocated_stack;
  uint32_t cause;
  uint16_t allocated_thread;
  uint16_t freed_thread;
  uint64_t shape;
  uint64_t allocated_stamp;
  uint64_t freed_stamp;
} lw_retired;

struct lw_arena {
  // Read by every call, written at opening only (but `closed`).
  char *base;
  uint64_t bytes;
  lw_span *spans;
  lw_slot *slots;
  _Atomic uint32_t *homes; ///< by slot: where it starts, in 64 bytes from `base`
  lw_cache *caches;        ///< by thread number
  lw_loan_record *loans;
  _Atomic uint64_t *_Nullable origins; ///< of shadows: by slot, the memory it stands for (announced.c)
  lw_arena_number number;
  lw_stack_method stacks;
  bool unchecked; ///< (unchecked.c) then there are no stacks, and `reuse` is LW_REUSE_IMMEDIATE
  lw_reuse reuse;
  lw_late_write late_write;
  uint32_t loans_max;
  uint32_t loan_batch; ///< records that a thread takes and gives back at once
  uint32_t slots_max;
  uint64_t first_generation;
  uint64_t quarantine_bytes;
  uint32_t quarantine_blocks;
  uint32_t retired_max;
  uint32_t retired_buckets; ///< a power of two
  uint32_t first_serial;    ///< of loans, above every serial that an earlier arena of this number used
  bool report_leaks;
  lw_scope *scope;
  char *bookkeeping; ///< one mapping for all of the above, this structure included
  uint64_t bookkeeping_bytes;
  char name[LW_NAME_BYTES];
  uint16_t ready_limits[LW_CLASS_COUNT]; ///< slots of a class that a thread may keep: few of the long ones (arena.c)

  _Atomic uint32_t sharers;    ///< threads that the quarantine is divided among: `threads`, for all to see
  _Atomic uint32_t ring_limit; ///< a thread's share of the quarantine
  _Atomic uint64_t ring_bytes_limit;

  _Atomic bool closed; ///< abandoned with open loans: every write is late from then on
  _Atomic bool lends_no_more;
  _Atomic bool full_said;
  _Atomic bool loans_said;
  _Atomic uint32_t waiter;        ///< the thread in lw_arena_wait_settled
  _Atomic uint32_t slots_used;    ///< in spans that serve a class
  _Atomic uint32_t slots_touched; ///< no slot from this one on was ever handed out
  _Atomic uint32_t spans_used;
  _Atomic uint32_t loans_used;

  _Alignas(64) lw_lock lock;
  uint32_t threads LW_GUARDED_BY(&lock);
  uint16_t known_threads[LW_THREAD_MAX] LW_GUARDED_BY(&lock);
  lw_shared_class classes[LW_CLASS_COUNT] LW_GUARDED_BY(&lock);
  uint32_t classes_end LW_GUARDED_BY(&lock); ///< no class from this one on has had slots since the last reset
  uint32_t *aside LW_GUARDED_BY(&lock);      ///< ring of freed slots that belong to no thread, oldest at `aside_first`
  uint64_t aside_capacity LW_GUARDED_BY(&lock);
  uint64_t aside_first LW_GUARDED_BY(&lock);
  uint64_t aside_count LW_GUARDED_BY(&lock);
  uint32_t spare_loans LW_GUARDED_BY(&lock); ///< index + 1

  _Alignas(64) lw_lock retired_lock;
  lw_retired *retired LW_GUARDED_BY(&retired_lock);
  uint32_t *retired_heads LW_GUARDED_BY(&retired_lock); ///< by slot, index + 1
  uint32_t retired_free LW_GUARDED_BY(&retired_lock);   ///< index + 1
  uint32_t retired_used LW_GUARDED_BY(&retired_lock);   ///< ever taken from the table
  _Atomic uint32_t retired_count;
};

/// Where an address lies. `slot` is NULL when it is in no slot that was ever part of a span.
typedef struct lw_place {
  lw_slot *_Nullable slot;
  uint32_t number;
  uint64_t within; ///< from the slot's start
  uint64_t slot_bytes;
} lw_place;

static inline lw_place lw_place_of_(const lw_arena *arena, const void *_Nullable address) {
  const lw_place none = {NULL, 0, 0, 0};
  uint64_t offset = (uint64_t)((uintptr_t)address - (uintptr_t)arena->base);
  if (offset >= arena->bytes) return none;
  const lw_span *span = &arena->spans[offset >> LW_SPAN_SHIFT];
  // acquire: the other fields were stored before the units; relaxed is enough for them then.
  uint64_t slot_bytes = (uint64_t)atomic_load_explicit(&span->units, memory_order_acquire) * LW_SLOT_ALIGNMENT;
  if (slot_bytes == 0) return none;
  uint64_t reciprocal = LW_FACT(span->reciprocal), in_run = offset & (LW_SPAN_BYTES - 1);
  if (reciprocal == 0) in_run = offset - (uint64_t)LW_FACT(arena->homes[LW_FACT(span->first_slot)]) * LW_SLOT_ALIGNMENT;
  uint64_t index = (in_run * reciprocal) >> 32;
  uint64_t within = in_run - index * slot_bytes;
  uint64_t run_bytes = slot_bytes > LW_SPAN_BYTES ? slot_bytes : LW_SPAN_BYTES;
  if (in_run - within + slot_bytes > run_bytes) return none; // the rest of a span, too short for a slot
  uint32_t number = LW_FACT(span->first_slot) + (uint32_t)index;
  return (lw_place){&arena->slots[number], number, within, slot_bytes};
}

/// The number of the short slot that starts at `offset` of the range, and how many lines of 64 bytes it has; false
/// where none does. The quick half of lw_place_of_.
LW_QUICK bool lw_slot_at_start_(const lw_arena *arena, uint64_t offset, uint32_t *number, uint64_t *lines) {
  if (__builtin_expect(offset >= arena->bytes, 0)) return false;
  const lw_span *span = &arena->spans[offset >> LW_SPAN_SHIFT];
  uint64_t in_span = offset & (LW_SPAN_BYTES - 1);
  // acquire: as in lw_place_of_.
  if (__builtin_expect(in_span >= atomic_load_explicit(&span->short_end, memory_order_acquire), 0)) return false;
  uint64_t reciprocal = LW_FACT(span->reciprocal), product = in_span * reciprocal;
  *lines = LW_FACT(span->units);
  *number = LW_FACT(span->first_slot) + (uint32_t)(product >> 32);
  __builtin_assume(*lines != 0);
  // The fraction of what is no multiple of the slots' length is at least that of 1. (Lemire's test, exact for so short
  // numbers.)
  return __builtin_expect((uint32_t)product < reciprocal, 1);
}

LW_QUICK char *lw_slot_start_(const lw_arena *arena, uint32_t number) {
  return arena->base + (uint64_t)LW_FACT(arena->homes[number]) * LW_SLOT_ALIGNMENT;
}
static inline uint64_t lw_slot_bytes_(const lw_arena *arena, uint32_t number) {
  uint64_t span = ((uint64_t)LW_FACT(arena->homes[number]) * LW_SLOT_ALIGNMENT) >> LW_SPAN_SHIFT;
  return (uint64_t)LW_FACT(arena->spans[span].units) * LW_SLOT_ALIGNMENT;
}

/// Threads that settle a loan or end a write, by number. A word that counts nobody is not the end of it: the event and
/// the reading of the poison come after, so lw_arena_wait_settled looks here, too.
typedef struct lw_settler {
  _Alignas(64) _Atomic uint32_t depth; ///< stored by its thread alone, and by handlers on it
} lw_settler;
extern lw_settler lw_settlers_[LW_THREAD_MAX];

static inline lw_settler *lw_settler_enter_(void) {
  lw_settler *self = &lw_settlers_[lw_thread_self()];
  // relaxed, both: the change of the word that comes next publishes it.
  uint32_t depth = atomic_load_explicit(&self->depth, memory_order_relaxed);
  atomic_store_explicit(&self->depth, depth + 1, memory_order_relaxed);
  return self;
}

/// The last act: from here on the arena may be gone.
static inline void lw_settler_leave_(lw_settler *self) {
  // relaxed: its own. release: whoever waits for it sees all that was done.
  uint32_t depth = atomic_load_explicit(&self->depth, memory_order_relaxed);
  atomic_store_explicit(&self->depth, depth - 1, memory_order_release);
}

/// A loan was settled or a writer ended: lets lw_arena_wait_settled look again.
static inline void lw_arena_wake_waiter_(lw_arena *arena) {
  uint32_t waiter = atomic_load(&arena->waiter);
  if (__builtin_expect(waiter != 0, 0)) lw_unpark(waiter);
}

/// Lists a cache that a thread uses for the first time.
LW_RARE void lw_cache_know_(lw_arena *arena, lw_thread_number thread);
/// The cache of `self`, the calling thread.
LW_QUICK lw_cache *lw_cache_of_(lw_arena *arena, lw_thread_number self) {
  lw_cache *cache = &arena->caches[self];
  if (__builtin_expect(!cache->known, 0)) lw_cache_know_(arena, self);
  return cache;
}

#pragma clang assume_nonnull end
