// Memory that no arena owns and that is lent all the same: the stack, another allocator's. What is announced gets a
// *shadow*, a block of the same size in an arena of its own that carries its generations, loans and stacks; nothing is
// ever stored into a shadow. So all that holds for blocks holds for announced memory: withdrawing it is its free.
#include "announced.h"

#include "registry.h"

enum { RANGES_MAX = 4096, SHADOW_BYTES = 1 << 28, STACK_BIT = 63 };

typedef struct range {
  uintptr_t address; ///< 0: the entry is free
  size_t bytes;
  void *shadow;
  bool stack;
  bool by_operation;       ///< and not by the program, which knows how long it is there
  lw_thread_number thread; ///< that announced it
} range;

static lw_lock lock;
static range ranges[RANGES_MAX] LW_GUARDED_BY(lock);
static uint32_t ranges_used LW_GUARDED_BY(lock);
static lw_arena *shadows LW_GUARDED_BY(lock);
/// How many there are, so that programs without any pay one load.
static _Atomic uint32_t announced;
static _Thread_local uint32_t own_stack_ranges;

/// The arena of shadows; NULL when the system has no memory for it.
static lw_arena *_Nullable shadow_arena(void) LW_REQUIRES(lock) {
  if (shadows) return shadows;
  lw_arena_config config = lw_arena_config_default();
  config.name = "announced";
  config.reserve_bytes = SHADOW_BYTES;
  config.reuse = LW_REUSE_QUARANTINE;
  config.report_leaks = false;
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  if (!arena) return NULL;
  arena->origins = lw_pages_reserve((size_t)arena->slots_max * sizeof *arena->origins);
  if (!arena->origins) {
    lw_arena_close(arena);
    return NULL;
  }
  shadows = arena;
  return arena;
}

static uint32_t slot_of(const lw_arena *arena, const void *shadow) { return lw_place_of_(arena, shadow).number; }

static bool announce(const void *address, size_t bytes, lw_announced kind, bool by_operation) {
  bool stack = kind == LW_ANNOUNCED_STACK, done = false;
  lw_lock_acquire(&lock);
  lw_arena *arena = shadow_arena();
  lw_lock_release_quietly(&lock);
  void *shadow = arena ? lw_allocate_(arena, bytes, 0, false) : NULL;
  if (!shadow) return false;
  uint64_t origin = (uint64_t)(uintptr_t)address | (stack ? 1ull << STACK_BIT : 0);
  LW_SET_FACT(arena->origins[slot_of(arena, shadow)], origin);
  lw_lock_acquire(&lock);
  uint32_t index = 0;
  while (index < ranges_used && ranges[index].address != 0) index++;
  if (index < RANGES_MAX) {
    if (index == ranges_used) ranges_used++;
    ranges[index] = (range){(uintptr_t)address, bytes, shadow, stack, by_operation, lw_thread_self()};
    done = true;
  }
  lw_lock_release_quietly(&lock);
  if (!done) {
    lw_free_(arena, shadow);
    return false;
  }
  atomic_fetch_add(&announced, 1);
  own_stack_ranges += stack;
  return true;
}

bool lw_announce_(const void *address, size_t bytes, lw_announced kind) {
  return announce(address, bytes, kind, false);
}

/// Takes the first range that `matches` off the table; its shadow, NULL when there is none.
static void *_Nullable take(bool (*matches)(const range *range, uintptr_t value), uintptr_t value, bool *own_stack) {
  void *shadow = NULL;
  lw_lock_acquire(&lock);
  for (uint32_t i = 0; i < ranges_used && !shadow; i++) {
    if (ranges[i].address == 0 || !matches(&ranges[i], value)) continue;
    shadow = ranges[i].shadow;
    *own_stack = ranges[i].stack && ranges[i].thread == lw_thread_self();
    ranges[i].address = 0;
  }
  lw_lock_release_quietly(&lock);
  if (shadow) atomic_fetch_sub(&announced, 1);
  return shadow;
}

static lw_arena *_Nullable arena_of_shadows(void) {
  lw_lock_acquire(&lock);
  lw_arena *arena = shadows;
  lw_lock_release_quietly(&lock);
  return arena;
}

/// False when there was none.
static bool withdraw(bool (*matches)(const range *range, uintptr_t value), uintptr_t value) {
  bool own_stack = false;
  void *shadow = take(matches, value, &own_stack);
  if (!shadow) return false;
  own_stack_ranges -= own_stack;
  lw_free_(arena_of_shadows(), shadow);
  return true;
}

static bool begins_at(const range *range, uintptr_t value) { return range->address == value; }

bool lw_withdraw_(const void *address) { return withdraw(begins_at, (uintptr_t)address); }

/// A frame below the caller's has returned: the stack grows down.
static bool is_unwound(const range *range, uintptr_t value) {
  return range->stack && range->thread == lw_thread_self() && range->address + range->bytes <= value;
}

void lw_announced_sweep_(const void *frame) {
  if (__builtin_expect(own_stack_ranges == 0, 1)) return;
  // Of a signal's stack, or a coroutine's, nothing lies below or above.
  if ((uintptr_t)frame != UINTPTR_MAX && !lw_stack_is_own(frame, __builtin_frame_address(0))) return;
  while (__builtin_expect(own_stack_ranges != 0, 0) && withdraw(is_unwound, (uintptr_t)frame)) continue;
}

// ------------------------------------------------------------------------------------------- announced by operations

static bool is_lent(const range *range) LW_REQUIRES(lock) {
  const lw_slot *slot = shadows ? lw_place_of_(shadows, range->shadow).slot : NULL;
  return slot && !lw_word_is_inert(lw_word_read(&slot->word));
}

/// Whether something is announced there that stands for it. Where not, `*stale` is something that was announced by an
/// operation and is in the way; 0: nothing.
static bool is_announced(uintptr_t address, size_t bytes, uintptr_t *stale) {
  bool found = false;
  *stale = 0;
  lw_lock_acquire(&lock);
  for (uint32_t i = 0; i < ranges_used && !found; i++) {
    const range *range = &ranges[i];
    if (range->address == 0 || range->address + range->bytes <= address || address + bytes <= range->address) continue;
    found = !range->by_operation || is_lent(range) || (range->address == address && range->bytes == bytes);
    if (!found) *stale = range->address;
  }
  lw_lock_release_quietly(&lock);
  return found;
}

void lw_announce_own_stack_(const void *address, size_t bytes) {
  if (!lw_stack_is_own(address, __builtin_frame_address(0))) return;
  uintptr_t stale;
  do {
    if (is_announced((uintptr_t)address, bytes, &stale)) return;
  } while (stale != 0 && lw_withdraw_((const void *)stale));
  announce(address, bytes, LW_ANNOUNCED_STACK, true);
}

// ---------------------------------------------------------------------------------------------------------- looked up

void *lw_shadow_at_(const void *address, size_t *offset) {
  // relaxed: whoever announced the memory did so before he lends it.
  if (__builtin_expect(atomic_load_explicit(&announced, memory_order_relaxed) == 0, 1)) return NULL;
  void *shadow = NULL;
  lw_lock_acquire(&lock);
  for (uint32_t i = 0; i < ranges_used && !shadow; i++) {
    uintptr_t within = (uintptr_t)address - ranges[i].address;
    if (ranges[i].address == 0 || within >= ranges[i].bytes) continue;
    shadow = ranges[i].shadow;
    *offset = within;
  }
  lw_lock_release_quietly(&lock);
  return shadow;
}

char *lw_origin_of_(const lw_arena *arena, uint32_t number, bool *stack) {
  uint64_t origin = LW_FACT(arena->origins[number]);
  *stack = origin >> STACK_BIT;
  return (char *)(uintptr_t)(origin & ~(1ull << STACK_BIT));
}
