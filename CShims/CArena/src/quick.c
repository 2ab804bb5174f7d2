// The quick paths: an intact, inert, short slot from quarantined to live, and back by a free of a block that is not
// lent. They are built whole for each width of the processor, so that nothing in them is called through a pointer, and
// once more for arenas that are watched (stacks, events, points). A free claims by one compare-and-swap and publishes
// by one store; an allocation needs one compare-and-swap and writes nothing into the block.
#include "quick.h"

#include "lw_control.h"
#include "poison_lines.h"

/// Slots that the quick paths serve.
enum { QUICK_LINES_MAX = LW_CHUNK_LINES, QUICK_BYTES_MAX = QUICK_LINES_MAX * LW_LINE_BYTES };

/// quarantined -> live, for an intact and inert slot. The new word; 0: it is another.
LW_QUICK uint64_t make_live(lw_slot *slot, const char *start, uint64_t lines, lw_lines_reader *reader) {
  uint64_t before = lw_word_read(&slot->word);
  uint64_t generation = lw_word_generation(before), after = lw_word(generation + 1, LW_BLOCK_LIVE);
  bool live = (before & LW_WORD_REST) == lw_word(0, LW_BLOCK_QUARANTINED) && generation != LW_GENERATION_MAX &&
              reader(start, lw_poison_line(lw_poison_key(start, generation), 0), lines) &&
              lw_word_change(&slot->word, &before, after);
  return live ? after : 0;
}

/// What is noted of a watched allocation: one stamp is the event's and the fact's.
LW_QUICK void note_allocation(lw_arena *arena, lw_slot *slot, uint32_t number, uint64_t word, size_t bytes) {
  uint64_t stamp = lw_clock_stamp();
  lw_event_at(stamp, LW_EVENT_ALLOC, arena->number, lw_incarnation_of(number, word),
              lw_word(lw_word_generation(word) - 1, LW_BLOCK_QUARANTINED), word, 0, (int64_t)bytes);
  if (arena->stacks == LW_STACKS_OFF) return;
  LW_SET_FACT(slot->allocated_stack, lw_stack_capture(arena->stacks));
  LW_SET_FACT(slot->allocated_stamp, stamp);
}

LW_QUICK void *_Nullable allocate(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed, bool watched,
                                  lw_lines_reader *reader) {
  lw_entry taken = 0;
  lw_thread_number self = lw_thread_self_; // 0, never known: not adopted yet.
  lw_cache *cache = &arena->caches[self];
  if (bytes - 1 < QUICK_BYTES_MAX - LW_SLACK_MIN && arena->reuse != LW_REUSE_RANDOM && cache->known) {
    uint64_t lines = (bytes + LW_SLACK_MIN + LW_LINE_BYTES - 1) / LW_LINE_BYTES;
    uint32_t size_class = (uint32_t)lines - 1;
    if (__builtin_expect(lines > LW_LINEAR_CLASSES, 0)) {
      size_class = lw_class_for(bytes + LW_SLACK_MIN);
      lines = lw_class_bytes(size_class) / LW_LINE_BYTES;
    }
    taken = lw_supply_take_(arena, cache, size_class);
    if (__builtin_expect(taken != 0, 1)) {
      char *start = arena->base + lw_entry_home_(taken) * LW_SLOT_ALIGNMENT;
      uint32_t number = lw_entry_slot_(taken);
      lw_slot *slot = &arena->slots[number];
      uint64_t word = make_live(slot, start, lines, reader);
      if (__builtin_expect(word != 0, 1)) {
        LW_SET_FACT(slot->shape, lw_shape(bytes, layout, size_class));
        LW_SET_FACT(slot->allocated_thread, (uint16_t)self);
        if (watched) note_allocation(arena, slot, number, word, bytes);
        if (__builtin_expect((LW_FACT(slot->cause) | LW_FACT(slot->blamed)) != 0, 0)) lw_forget_harm_(arena, number);
        if (zeroed) lw_zero_(start, bytes);
        if (watched) lw_point(LW_POINT_ALLOCATED, start, LW_ACCESS_WRITE);
        return start;
      }
    }
  }
  return lw_allocate_rarely_(arena, bytes, layout, zeroed, taken);
}

LW_QUICK lw_status free_block(lw_arena *arena, char *block, bool watched, lw_lines_filler *filler,
                              lw_lines_reader *reader) {
  lw_stack_id stack = LW_STACK_NONE;
  if (watched) {
    lw_point(LW_POINT_FREE, block, LW_ACCESS_WRITE);
    stack = lw_stack_capture(arena->stacks);
  }
  lw_thread_number self = lw_thread_self_; // 0, never known: not adopted yet.
  lw_cache *cache = &arena->caches[self];
  uint64_t lines, offset = (uint64_t)((uintptr_t)block - (uintptr_t)arena->base);
  uint32_t number;
  if (!lw_slot_at_start_(arena, offset, &number, &lines) || lines - 1 >= QUICK_LINES_MAX || !cache->known)
    return lw_free_rarely_(arena, block, stack);
  lw_slot *slot = &arena->slots[number];
  uint64_t before = lw_word_read(&slot->word);
  uint64_t claimed = before + lw_word(0, LW_BLOCK_FREEING) - lw_word(0, LW_BLOCK_LIVE);
  uint64_t after = before + lw_word(0, LW_BLOCK_QUARANTINED) - lw_word(0, LW_BLOCK_LIVE);
  // Slots of so few lines have one more than their class says. Everything behind the claim waits for it.
  lw_entry oldest = lines <= LW_LINEAR_CLASSES ? lw_quarantine_oldest_(arena, cache, (uint32_t)lines - 1) : 0;
  if (__builtin_expect((before & LW_WORD_REST) != lw_word(0, LW_BLOCK_LIVE), 0) ||
      __builtin_expect(!lw_word_change(&slot->word, &before, claimed), 0))
    return lw_free_rarely_(arena, block, stack);
  lw_incarnation incarnation = lw_incarnation_of(number, claimed);
  uint64_t stamp = 0, shape = LW_FACT(slot->shape);
  LW_SET_FACT(slot->freed_thread, (uint16_t)self);
  if (watched) {
    stamp = lw_clock_stamp();
    lw_event_at(stamp, LW_EVENT_FREE, arena->number, incarnation, before, claimed, 0, 0);
    if (arena->stacks != LW_STACKS_OFF) {
      LW_SET_FACT(slot->freed_stack, stack);
      LW_SET_FACT(slot->freed_stamp, stamp);
    }
  }
  uint64_t key = lw_poison_key(block, lw_word_generation(claimed));
  if (__builtin_expect(!lw_poison_turn(filler, reader, block, key, lw_shape_requested(shape), lines), 0)) {
    lw_poison_damaged_(arena, slot, block, lines * LW_LINE_BYTES, claimed);
    oldest = 0; // Who observes the finding may have allocated.
  }
  // Nobody else may change the word of an inert block that is being freed. release: whoever finds the block quarantined
  // finds its poison.
  atomic_store_explicit(&slot->word, after, memory_order_release);
  // Where nobody else may act there is nothing in between: the stamp is still right.
  if (watched) lw_event_at(stamp, LW_EVENT_POISONED, arena->number, incarnation, claimed, after, 0, 0);
  uint64_t home = offset / LW_SLOT_ALIGNMENT;
  if (__builtin_expect(oldest != 0, 1))
    lw_quarantine_exchange_(cache, lw_entry_of_(home, (uint32_t)lines - 1, number), oldest);
  else
    lw_supply_give_(arena, cache, lw_entry_of_(home, lw_shape_class(shape), number));
  return LW_OK;
}

typedef struct quick_paths {
  void *_Nullable (*allocate)(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed);
  void *_Nullable (*allocate_watched)(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed);
  lw_status (*free)(lw_arena *arena, char *block);
  lw_status (*free_watched)(lw_arena *arena, char *block);
} quick_paths;

static void *_Nullable allocate_plainly(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {
  return allocate(arena, bytes, layout, zeroed, false, lw_lines_intact);
}
static void *_Nullable allocate_watched(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {
  return allocate(arena, bytes, layout, zeroed, true, lw_lines_intact);
}
static lw_status free_plainly(lw_arena *arena, char *block) {
  return free_block(arena, block, false, lw_lines_fill, lw_lines_intact);
}
static lw_status free_watched(lw_arena *arena, char *block) {
  return free_block(arena, block, true, lw_lines_fill, lw_lines_intact);
}
static quick_paths paths = {allocate_plainly, allocate_watched, free_plainly, free_watched};

#ifdef LW_WIDE
LW_WIDE static void *_Nullable allocate_by_halves(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {
  return allocate(arena, bytes, layout, zeroed, false, lw_lines_intact_by_halves);
}
LW_WIDE static void *_Nullable allocate_watched_by_halves(lw_arena *arena, size_t bytes, lw_layout layout,
                                                          bool zeroed) {
  return allocate(arena, bytes, layout, zeroed, true, lw_lines_intact_by_halves);
}
LW_WIDE static lw_status free_by_halves(lw_arena *arena, char *block) {
  return free_block(arena, block, false, lw_lines_fill_by_halves, lw_lines_intact_by_halves);
}
LW_WIDE static lw_status free_watched_by_halves(lw_arena *arena, char *block) {
  return free_block(arena, block, true, lw_lines_fill_by_halves, lw_lines_intact_by_halves);
}

/// Before any arena: what a block was filled with does not depend on the choice.
static __attribute__((constructor)) void choose(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2"))
    paths = (quick_paths){allocate_by_halves, allocate_watched_by_halves, free_by_halves, free_watched_by_halves};
}
#endif

/// Whether anything watches the arena: stacks, events or points. When nothing does, all of it is left out.
LW_QUICK bool is_watched(const lw_arena *arena) {
  // relaxed: as in lw_point and lw_event.
  return ((uint32_t)arena->stacks | atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) |
          atomic_load_explicit(&lw_trace_armed_, memory_order_relaxed)) != 0;
}

/// Apart, so that an allocation that nobody watches saves no registers for it.
static __attribute__((noinline)) void *_Nullable allocate_seen(lw_arena *arena, size_t bytes, lw_layout layout,
                                                               bool zeroed) {
  if (arena->reuse == LW_REUSE_IMMEDIATE && lw_control_is_member()) lw_supply_reconsider_(arena, bytes);
  return paths.allocate_watched(arena, bytes, layout, zeroed);
}

// The caller of these two is on the stack whatever becomes of their own frames (lw_alloc, lw_free).
void *lw_allocate_(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed) {
  if (__builtin_expect(!is_watched(arena), 1)) return paths.allocate(arena, bytes, layout, zeroed);
  return allocate_seen(arena, bytes, layout, zeroed);
}

lw_status lw_free_(lw_arena *arena, void *block) {
  if (!block) return LW_OK;
  return __builtin_expect(is_watched(arena), 0) ? paths.free_watched(arena, block) : paths.free(arena, block);
}
