// Opening: one reserved range for blocks and one mapping for everything that is known about them, apart from each
// other.
#include <string.h>
#include <sys/mman.h>

#include "arena.h"
#include "registry.h"

enum {
  OS_PAGE_BYTES = 4096,
  ASIDE_FIRST_CAPACITY = 1024,
  LOAN_BATCH_MAX = 32,
  READY_MAX_AT_LEAST = 256,
  READY_PART = 256,
  READY_BYTES_MAX = 1 << 20
};
#define RESERVE_MAX (1ull << 38)
#define SLOTS_MAX (1u << LW_SLOT_BITS)
#define GRANULE_BYTES (1ull << LW_GRANULE_SHIFT)

static bool config_is_sound(const lw_arena_config *config) {
  return config->reserve_bytes >= 1 && config->reserve_bytes <= RESERVE_MAX && config->loans_max >= 1 &&
         config->loans_max < SLOTS_MAX && config->retired_max < SLOTS_MAX && config->first_generation >= 1 &&
         config->first_generation <= LW_GENERATION_MAX && config->reuse <= LW_REUSE_NEVER &&
         config->late_write <= LW_LATE_WRITE_STOPS && config->stacks <= LW_STACKS_UNWIND;
}

/// A range that starts at a granule, so that no other arena has a part of any of its granules.
static char *_Nullable reserve_range(uint64_t bytes) {
  uint64_t wide = bytes + GRANULE_BYTES;
  char *pages = mmap(NULL, wide, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return NULL;
  char *base = (char *)(((uintptr_t)pages + GRANULE_BYTES - 1) & ~(GRANULE_BYTES - 1));
  if (base > pages) munmap(pages, (size_t)(base - pages));
  munmap(base + bytes, (size_t)(pages + wide - (base + bytes)));
  if (mmap(base, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) !=
      MAP_FAILED)
    return base;
  munmap(base, bytes);
  return NULL;
}

/// The next part of the bookkeeping, on a page of its own.
static uint64_t part(uint64_t *end, uint64_t count, uint64_t bytes_each) {
  uint64_t offset = *end;
  *end += (count * bytes_each + OS_PAGE_BYTES - 1) & ~(uint64_t)(OS_PAGE_BYTES - 1);
  return offset;
}

static uint32_t power_of_two(uint32_t least) {
  uint32_t power = 16;
  while (power < least) power *= 2;
  return power;
}

/// Maps the bookkeeping; NULL when there is no memory.
static lw_arena *_Nullable map_bookkeeping(const lw_arena_config *config, uint64_t bytes) {
  uint64_t slots_max = bytes / LW_SLOT_ALIGNMENT < SLOTS_MAX ? bytes / LW_SLOT_ALIGNMENT : SLOTS_MAX;
  uint32_t buckets = power_of_two(config->retired_max / 2);
  uint64_t aside_max = slots_max > ASIDE_FIRST_CAPACITY ? 2 * slots_max : 2 * ASIDE_FIRST_CAPACITY;
  uint64_t end = 0;
  part(&end, 1, sizeof(lw_arena));
  uint64_t caches = part(&end, LW_THREAD_MAX, sizeof(lw_cache));
  uint64_t spans = part(&end, bytes >> LW_SPAN_SHIFT, sizeof(lw_span));
  uint64_t slots = part(&end, slots_max, sizeof(lw_slot));
  uint64_t homes = part(&end, slots_max, sizeof(uint32_t));
  uint64_t loans = part(&end, config->loans_max, sizeof(lw_loan_record));
  uint64_t retired = part(&end, config->retired_max, sizeof(lw_retired));
  uint64_t heads = part(&end, buckets, sizeof(uint32_t));
  uint64_t aside = part(&end, aside_max, sizeof(uint32_t));
  char *pages = lw_pages_reserve(end);
  if (!pages) return NULL;
  lw_arena *arena = (lw_arena *)(void *)pages;
  arena->bookkeeping = pages;
  arena->bookkeeping_bytes = end;
  arena->bytes = bytes;
  arena->caches = (lw_cache *)(void *)(pages + caches);
  arena->spans = (lw_span *)(void *)(pages + spans);
  arena->slots = (lw_slot *)(void *)(pages + slots);
  arena->homes = (_Atomic uint32_t *)(void *)(pages + homes);
  arena->loans = (lw_loan_record *)(void *)(pages + loans);
  arena->slots_max = (uint32_t)slots_max;
  arena->retired_buckets = buckets;
  lw_lock_acquire(&arena->retired_lock);
  arena->retired = (lw_retired *)(void *)(pages + retired);
  arena->retired_heads = (uint32_t *)(void *)(pages + heads);
  lw_lock_release_quietly(&arena->retired_lock);
  lw_lock_acquire(&arena->lock);
  arena->aside = (uint32_t *)(void *)(pages + aside);
  arena->aside_capacity = ASIDE_FIRST_CAPACITY;
  lw_lock_release_quietly(&arena->lock);
  return arena;
}

static void configure(lw_arena *arena, const lw_arena_config *config) {
  strncpy(arena->name, config->name, sizeof arena->name - 1);
  arena->scope = config->scope ? config->scope : lw_scope_default();
  arena->unchecked = config->unchecked;
  arena->stacks = config->unchecked ? LW_STACKS_OFF : config->stacks;
  arena->reuse = config->unchecked ? LW_REUSE_IMMEDIATE : config->reuse;
  arena->late_write = config->late_write;
  arena->loans_max = config->loans_max;
  arena->retired_max = config->retired_max;
  arena->first_generation = config->first_generation;
  arena->quarantine_bytes = config->quarantine_bytes;
  arena->quarantine_blocks = config->quarantine_blocks;
  arena->report_leaks = config->report_leaks;
  // A thread keeps little of what is scarce.
  uint32_t loan_share = config->loans_max / 1024;
  arena->loan_batch = loan_share < 1 ? 1 : loan_share > LOAN_BATCH_MAX ? LOAN_BATCH_MAX : loan_share;
  // Enough for what leaves a thread's quarantine when another thread gets a share of it: given away, the one would have
  // neighbours of the other's blocks, and their processors would fetch each other's lines ahead. Little of a short
  // range.
  for (uint32_t size_class = 0; size_class < LW_CLASS_COUNT; size_class++) {
    uint64_t each = lw_class_bytes(size_class), fit = READY_BYTES_MAX / each, part = arena->bytes / READY_PART / each;
    if (part < READY_MAX_AT_LEAST) part = READY_MAX_AT_LEAST;
    arena->ready_limits[size_class] = (uint16_t)(fit < part ? fit : part);
  }
}

lw_arena *lw_arena_open(const lw_arena_config *config, lw_status *status) {
  *status = LW_BAD_CONFIG;
  if (!config_is_sound(config)) return NULL;
  *status = LW_NO_MEMORY;
  if (config->stacks == LW_STACKS_UNWIND) lw_stack_prepare();
  uint64_t bytes = (config->reserve_bytes + LW_SPAN_BYTES - 1) & ~(uint64_t)(LW_SPAN_BYTES - 1);
  lw_arena *arena = map_bookkeeping(config, bytes);
  if (!arena) return NULL;
  arena->base = reserve_range(bytes);
  if (arena->base) {
    configure(arena, config);
    *status = lw_registry_number_(arena) ? LW_OK : LW_TOO_MANY_ARENAS;
    if (*status == LW_OK) {
      lw_scope_arena_opened_(arena->scope);
      lw_registry_publish_(arena);
      return arena;
    }
    lw_pages_release(arena->base, bytes);
  }
  lw_pages_release(arena->bookkeeping, arena->bookkeeping_bytes);
  return NULL;
}

lw_arena_number lw_arena_number_of(const lw_arena *arena) { return arena->number; }
lw_stack_method lw_arena_stacks(const lw_arena *arena) { return arena->stacks; }
lw_scope *lw_arena_scope(const lw_arena *arena) { return arena->scope; }
