// The quick paths: an intact, inert, short slot from quarantined to live, and back by a free of a block that is not
// lent. They are built whole for each width of the processor, so that nothing in them is called through a pointer, and
// once more for arenas that are watched (stacks, events, points). A free claims by one compare-and-swap and publishes
// by one store; an allocation needs one compare-and-swap and writes nothing into the block. Unchecked arenas have ways
// of their own (unchecked.c).
#include "quick.h"

#include "lw_control.h"
#include "poison_lines.h"

_Static_assert(LW_SHORT_BYTES_MAX <= LW_CHUNK_LINES * LW_LINE_BYTES, "a short slot is at most a chunk");
/// Blocks whose slot is as many lines long as its class says.
enum { LINEAR_BYTES_MAX = LW_LINEAR_CLASSES * LW_LINE_BYTES - LW_SLACK_MIN };

/// Whether anything watches the arena - stacks, events or points - or nobody looks at it at all. When neither is so,
/// all of it is left out.
LW_QUICK bool is_watched(const lw_arena *arena) {
  // relaxed: as in lw_point and lw_event.
  return ((uint32_t)arena->stacks | arena->unchecked | atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) |
          atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed)) != 0;
}

/// The thread's number, read anew: one register less to save for a call that is almost over.
LW_QUICK lw_thread_number self_again(void) { return *(volatile lw_thread_number *)&lw_thread_self_; }

// ------------------------------------------------------------------------------------------------------- allocation

/// When an act on a watched slot happened, whose last one was at `previous`. Where nothing was ever lent no race is so
/// close that it took more than the order, which is kept: a near stamp will do.
LW_QUICK uint64_t stamp_after(const lw_arena *arena, const lw_slot *slot, uint64_t previous) {
  if (arena->stacks == LW_STACKS_OFF || LW_FACT(slot->newest_loan) != 0) return lw_event_stamp();
  uint64_t stamp = lw_clock_stamp_near();
  return stamp > previous ? stamp : previous + 1;
}

/// What is noted of a watched allocation: one stamp is the event's and the fact's.
LW_QUICK void note_allocation(lw_arena *arena, lw_slot *slot, uint32_t number, uint64_t word, size_t bytes) {
  uint64_t stamp = stamp_after(arena, slot, LW_FACT(slot->freed_stamp));
  lw_event_at(stamp, LW_EVENT_ALLOC, arena->number, lw_incarnation_of(number, word),
              lw_word(lw_word_generation(word) - 1, LW_BLOCK_QUARANTINED), word, 0, (int64_t)bytes);
  if (arena->stacks == LW_STACKS_OFF) return;
  LW_SET_FACT(slot->allocated_stack, lw_stack_capture(arena->stacks));
  LW_SET_FACT(slot->allocated_stamp, stamp);
}

/// Makes the intact, inert slot of `taken` a block of that shape. Its start; NULL when the slot is another one.
LW_QUICK char *_Nullable make_live(lw_arena *arena, lw_entry taken, uint64_t shape, uint64_t lines, bool watched,
                                   lw_slot_reader *reader) {
  char *start = arena->base + lw_entry_home_(taken) * LW_SLOT_ALIGNMENT;
  __builtin_assume(start != NULL);
  lw_slot *slot = &arena->slots[lw_entry_slot_(taken)];
  // If it is another word than that of an inert one in quarantine, then it is not found there.
  uint64_t found = lw_word_read(&slot->word), before = (found & ~LW_WORD_REST) | lw_word(0, LW_BLOCK_QUARANTINED),
           after;
  if (__builtin_expect(!reader(start, lw_poison_key(start, lw_word_generation(found)), lines), 0) ||
      __builtin_add_overflow(before, lw_word(1, LW_BLOCK_LIVE) - lw_word(0, LW_BLOCK_QUARANTINED), &after) ||
      __builtin_expect(!lw_word_change(&slot->word, &before, after), 0))
    return NULL; // Or its generations are used up.
  LW_SET_FACT(slot->shape, shape);
  LW_SET_FACT(slot->allocated_thread, (uint16_t)self_again());
  if (watched) note_allocation(arena, slot, lw_entry_slot_(taken), after, lw_shape_requested(shape));
  if (__builtin_expect((LW_FACT(slot->cause) | LW_FACT(slot->blamed)) != 0, 0)) lw_forget_harm_(arena, slot);
  return start;
}

/// An allocation from what the thread has ready.
LW_QUICK void *_Nullable allocate_ready(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed, bool watched,
                                        lw_slot_reader *reader) {
  lw_entry taken = 0;
  lw_cache *cache = &arena->caches[lw_thread_self_]; // Of number 0, never known: not adopted yet.
  if (bytes - 1 < LW_SHORT_BYTES_MAX - LW_SLACK_MIN && arena->reuse != LW_REUSE_RANDOM && cache->known) {
    uint32_t size_class = lw_class_for(bytes + LW_SLACK_MIN);
    taken = lw_supply_take_(arena, cache, size_class);
    if (__builtin_expect(taken != 0, 1)) {
      char *block = make_live(arena, taken, lw_shape(bytes, layout, size_class),
                              lw_class_bytes(size_class) / LW_LINE_BYTES, watched, reader);
      if (__builtin_expect(block != NULL, 1)) {
        if (zeroed) lw_zero_(block, bytes);
        if (watched) lw_point(LW_POINT_ALLOCATED, block, LW_ACCESS_WRITE);
        return block;
      }
    }
  }
  return lw_allocate_rarely_(arena, bytes, layout, zeroed, taken);
}

typedef void *_Nullable allocate_otherwise(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed);

/// The allocation that is the rule: of the slot that has just left the quarantine.
LW_QUICK void *_Nullable allocate_at_hand(lw_arena *arena, size_t bytes, lw_layout layout, lw_slot_reader *reader,
                                          allocate_otherwise *otherwise) {
  lw_cache *cache = &arena->caches[lw_thread_self_]; // Of number 0, with an empty hand: not adopted yet.
  lw_entry taken = cache->hand;
  uint64_t lines = (bytes + LW_SLACK_MIN + LW_LINE_BYTES - 1) / LW_LINE_BYTES;
  if (bytes - 1 >= LINEAR_BYTES_MAX || lw_entry_class_(taken) + 1 != lines)
    return otherwise(arena, bytes, layout, false);
  cache->hand = 0;
  uint64_t shape = lw_shape(bytes, layout, (uint32_t)lines - 1);
  __asm__("" : "+r"(shape)); // All else is in there from here on: registers less to keep for what is rare.
  char *block = make_live(arena, taken, shape, lines, false, reader);
  if (__builtin_expect(block != NULL, 1)) return block;
  return lw_allocate_rarely_(arena, lw_shape_requested(shape), lw_shape_layout(shape), false, taken);
}

// -------------------------------------------------------------------------------------------------------------- free

LW_QUICK lw_status free_block(lw_arena *arena, char *block, bool watched, lw_slot_filler *filler,
                              lw_slack_reader *slack_reader) {
  lw_stack_id stack = LW_STACK_NONE;
  if (watched) {
    lw_point(LW_POINT_FREE, block, LW_ACCESS_WRITE);
    stack = lw_stack_capture(arena->stacks);
  }
  uint64_t lines, offset = (uint64_t)((uintptr_t)block - (uintptr_t)arena->base);
  uint32_t number;
  if (!lw_slot_at_start_(arena, offset, &number, &lines)) return lw_free_rarely_(arena, block, stack);
  lw_slot *slot = &arena->slots[number];
  // They will be written, and have often left the nearest cache since they were.
  lw_lines_fetch(block, lines);
  lw_cache *cache = &arena->caches[lw_thread_self_]; // Of number 0, with nothing in it: not adopted yet.
  const char *next = block;
  lw_entry oldest = lw_quarantine_oldest_(arena, cache, lines, &next);
  // If it is another word than that of a live one that nobody holds, then it is not found there.
  uint64_t before = (lw_word_read(&slot->word) & ~LW_WORD_REST) | lw_word(0, LW_BLOCK_LIVE);
  uint64_t claimed = before + lw_word(0, LW_BLOCK_FREEING) - lw_word(0, LW_BLOCK_LIVE);
  uint64_t after = before + lw_word(0, LW_BLOCK_QUARANTINED) - lw_word(0, LW_BLOCK_LIVE);
  if (__builtin_expect(!cache->known, 0) || __builtin_expect(!lw_word_change(&slot->word, &before, claimed), 0))
    return lw_free_rarely_(arena, block, stack);
  uint64_t stamp = 0;
  LW_SET_FACT(slot->freed_thread, (uint16_t)self_again());
  if (watched) {
    stamp = stamp_after(arena, slot, LW_FACT(slot->allocated_stamp));
    if (arena->stacks != LW_STACKS_OFF) {
      LW_SET_FACT(slot->freed_stack, stack);
      LW_SET_FACT(slot->freed_stamp, stamp);
    }
  }
  lw_incarnation incarnation = lw_incarnation_of(number, before);
  uint64_t key = lw_poison_key(block, lw_word_generation(before));
  // A short slot: few bits say how long its block is.
  if (__builtin_expect(slack_reader(block, key - LW_POISON_OF_GENERATION, (uint32_t)LW_FACT(slot->shape), lines), 1)) {
    filler(block, key, lines, next);
  } else {
    // Who reads of the damage reads of the free before it.
    if (watched) lw_event_at(stamp, LW_EVENT_FREE, arena->number, incarnation, before, claimed, 0, 0);
    lw_poison_damaged_(arena, slot, block, lines * LW_LINE_BYTES, claimed);
    before = claimed;
    if (watched) stamp = lw_event_stamp(); // The finding's events have come between.
    oldest = 0;                            // Who observes the finding may have allocated.
  }
  // Nobody else may change the word of an inert block that is being freed. release: whoever finds the block quarantined
  // finds its poison.
  atomic_store_explicit(&slot->word, after, memory_order_release);
  // Where nobody else may act the two changes are one event, and its stamp is still right.
  if (watched)
    lw_event_at(stamp, before == claimed ? LW_EVENT_POISONED : LW_EVENT_FREE, arena->number, incarnation, before, after,
                0, 0);
  if (__builtin_expect(oldest != 0, 1))
    lw_quarantine_exchange_(cache, offset * (((lw_entry)1 << 32) / LW_SLOT_ALIGNMENT) | lines << 24 | number, oldest);
  else
    lw_supply_give_(arena, slot);
  return LW_OK;
}

// ---------------------------------------------------------------------------------------------------------- the ways

/// Where the ways of this processor begin for what is watched.
typedef struct watched_paths {
  void *_Nullable (*allocate)(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed);
  lw_status (*free)(lw_arena *arena, void *block);
} watched_paths;
static watched_paths watched;

/// Apart, so that an allocation that nobody watches saves no registers for it.
static __attribute__((noinline)) void *_Nullable allocate_watched(lw_arena *arena, size_t bytes, lw_layout layout,
                                                                  bool zeroed) {
  if (arena->unchecked) return lw_allocate_unchecked_(arena, bytes, layout, zeroed);
  if (arena->reuse == LW_REUSE_IMMEDIATE && lw_control_is_member()) lw_supply_reconsider_(arena, bytes);
  return watched.allocate(arena, bytes, layout, zeroed);
}

static __attribute__((noinline)) lw_status free_watched(lw_arena *arena, void *_Nullable block) {
  if (!block) return LW_OK;
  return arena->unchecked ? lw_free_unchecked_(arena, block) : watched.free(arena, block);
}

static __attribute__((noinline)) void *_Nullable allocate_zeroed(lw_arena *arena, size_t bytes, lw_layout layout) {
  void *block = lw_allocate_(arena, bytes, layout, false);
  if (block) lw_zero_(block, bytes);
  return block;
}

/// Builds the paths with one width: `WIDTH` ends their names, `TARGET` says what the processor must have.
#define DEFINE_PATHS(WIDTH, TARGET, FILLER, READER, SLACK_READER)                                                      \
  TARGET static __attribute__((noinline)) void *_Nullable ready##WIDTH(lw_arena *arena, size_t bytes,                  \
                                                                       lw_layout layout, bool zeroed) {                \
    return allocate_ready(arena, bytes, layout, zeroed, false, READER);                                                \
  }                                                                                                                    \
  TARGET static void *_Nullable watched##WIDTH(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {         \
    return allocate_ready(arena, bytes, layout, zeroed, true, READER);                                                 \
  }                                                                                                                    \
  TARGET static void *_Nullable allocate##WIDTH(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {        \
    if (__builtin_expect(is_watched(arena), 0)) return allocate_watched(arena, bytes, layout, zeroed);                 \
    if (__builtin_expect(zeroed, 0)) return allocate_zeroed(arena, bytes, layout);                                     \
    return allocate_at_hand(arena, bytes, layout, READER, ready##WIDTH);                                               \
  }                                                                                                                    \
  TARGET static lw_status watched_free##WIDTH(lw_arena *arena, void *block) {                                          \
    return free_block(arena, block, true, FILLER, SLACK_READER);                                                       \
  }                                                                                                                    \
  TARGET static lw_status free##WIDTH(lw_arena *arena, void *_Nullable block) {                                        \
    if (__builtin_expect(is_watched(arena), 0)) return free_watched(arena, block);                                     \
    return free_block(arena, block, false, FILLER, SLACK_READER);                                                      \
  }

DEFINE_PATHS(_plainly, , lw_slot_fill, lw_slot_intact, lw_slack_intact)
lw_allocate_way *lw_allocate_ = allocate_plainly;
lw_free_way *lw_free_ = free_plainly;
static watched_paths watched = {watched_plainly, watched_free_plainly};

#ifdef LW_WIDE
DEFINE_PATHS(_by_halves, LW_WIDE, lw_slot_fill_by_halves, lw_slot_intact_by_halves, lw_slack_intact_by_halves)
DEFINE_PATHS(_whole, LW_WIDEST, lw_slot_fill_whole, lw_slot_intact_whole, lw_slack_intact_whole)

/// Before any arena: what a block was filled with does not depend on the choice.
static __attribute__((constructor)) void choose(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512vbmi2")) {
    lw_allocate_ = allocate_whole;
    lw_free_ = free_whole;
    watched = (watched_paths){watched_whole, watched_free_whole};
    return;
  }
  if (!__builtin_cpu_supports("avx2")) return;
  lw_allocate_ = allocate_by_halves;
  lw_free_ = free_by_halves;
  watched = (watched_paths){watched_by_halves, watched_free_by_halves};
}
#endif
