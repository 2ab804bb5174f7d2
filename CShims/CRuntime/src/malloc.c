// malloc and its family, served from one arena of the default scope, for C programs that `tools/cc` builds. It is never
// linked into Swift programs. Every reallocation moves, so that a pointer kept over a realloc is found; a freed block
// waits in the quarantine, so that a late write into it is found at its reuse, or at exit at the latest.
//
// Limit: the child of a fork in a program with threads may call these only as POSIX has it, after exec.
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aligned.h"
#include "early.h"
#include "lw_arena.h"

enum { ALIGNMENT_OF_BLOCKS = 64, OS_PAGE_BYTES = 4096 };
static const size_t ADDRESS_SPACE_BYTES = (size_t)1 << 47;

typedef enum opening { NOT_OPENED, OPENING, OPENED } opening;
static _Atomic opening opened;
static lw_arena *arena;

/// This thread is inside the arena; calls that come from there (thread-specific data, the loader) are served early.
static _Thread_local bool inside;

static bool open_arena(void) {
  opening none = NOT_OPENED;
  // acquire and release: the opener's next step is the store below; losers do not look at the arena.
  if (!environ ||
      !atomic_compare_exchange_strong_explicit(&opened, &none, OPENING, memory_order_acq_rel, memory_order_acquire))
    return false;
  inside = true;
  lw_arena_config config = lw_arena_config_for_malloc_();
  lw_status status;
  if (config.stacks == LW_STACKS_UNWIND) lw_stack_prepare();
  arena = lw_arena_open(&config, &status);
  if (!arena) lw_fatal(lw_status_sentence(status));
  inside = false;
  // release: publishes the arena.
  atomic_store_explicit(&opened, OPENED, memory_order_release);
  return true;
}

/// Whether the arena serves this call. Opens it at the first call after the environment is there.
static inline bool arena_serves(void) {
  if (__builtin_expect(inside, 0)) return false;
  // acquire: pairs with the publication in open_arena.
  return __builtin_expect(atomic_load_explicit(&opened, memory_order_acquire) == OPENED, 1) || open_arena();
}

// Inlined, so that the frame above the arena's is malloc's own, and above that the program's.
__attribute__((always_inline)) static inline void *_Nullable allocate(size_t bytes, size_t alignment, bool zeroed) {
  if (!arena_serves()) return lw_early_allocate_(bytes, alignment);
  if (bytes > ADDRESS_SPACE_BYTES) {
    errno = ENOMEM; // a mistake in the program's arithmetic and no shortage that the arena should speak of
    return NULL;
  }
  inside = true;
  void *block = alignment <= ALIGNMENT_OF_BLOCKS ? lw_alloc(arena, bytes, 0, zeroed)
                                                 : lw_aligned_allocate_(arena, bytes, alignment);
  inside = false;
  if (!block) errno = ENOMEM;
  return block;
}

__attribute__((always_inline)) static inline void release(void *_Nullable address) {
  if (!address || lw_early_owns_(address) || !arena_serves()) return;
  int saved = errno;
  inside = true;
  // A block of another arena of this process, or of none, is LW007 there.
  lw_free(arena, lw_aligned_start_(arena, address));
  inside = false;
  errno = saved;
}

/// The bytes the program may use at `address`; 0 when no live block of ours was handed out there.
static size_t usable_bytes(void *address) {
  if (lw_early_owns_(address)) return lw_early_bytes_(address);
  if (!arena_serves()) return 0;
  char *start = lw_aligned_start_(arena, address);
  lw_block block = lw_block_at(start);
  if (block.arena != arena || block.start != start || block.state != LW_BLOCK_LIVE) return 0;
  return block.requested - (size_t)((char *)address - start);
}

static bool is_power_of_two(size_t number) { return number != 0 && (number & (number - 1)) == 0; }

// ------------------------------------------------------------------------------------------------------- the family

void *malloc(size_t bytes) { return allocate(bytes, 1, false); }

void free(void *address) { release(address); }

void *calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  return allocate(bytes, 1, true);
}

void *realloc(void *address, size_t bytes) {
  if (!address) return allocate(bytes, 1, false);
  if (bytes == 0) {
    release(address);
    return NULL;
  }
  size_t old = usable_bytes(address);
  if (old == 0 && !lw_early_owns_(address)) {
    release(address); // reports what is wrong with the address
    errno = EINVAL;
    return NULL;
  }
  void *moved = allocate(bytes, 1, false);
  if (!moved) return NULL;
  lw_words_copy(moved, address, old < bytes ? old : bytes);
  release(address);
  return moved;
}

void *reallocarray(void *address, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  void *moved = realloc(address, bytes);
  LW_KEEP_CALLER_FRAME();
  return moved;
}

void *memalign(size_t alignment, size_t bytes) {
  if (!is_power_of_two(alignment)) {
    errno = EINVAL;
    return NULL;
  }
  return allocate(bytes, alignment, false);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  if (!is_power_of_two(alignment)) {
    errno = EINVAL;
    return NULL;
  }
  return allocate(bytes, alignment, false);
}

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0) return EINVAL;
  int saved = errno;
  void *block = allocate(bytes, alignment, false);
  errno = saved;
  if (!block) return ENOMEM;
  *result = block;
  return 0;
}

void *valloc(size_t bytes) { return allocate(bytes, OS_PAGE_BYTES, false); }

void *pvalloc(size_t bytes) {
  size_t whole;
  if (__builtin_add_overflow(bytes, OS_PAGE_BYTES - 1, &whole)) {
    errno = ENOMEM;
    return NULL;
  }
  return allocate(whole & ~(size_t)(OS_PAGE_BYTES - 1), OS_PAGE_BYTES, false);
}

size_t malloc_usable_size(void *address) { return address ? usable_bytes(address) : 0; }

// 102: behind the program's own destructors and before the one that decides the exit code (101).
__attribute__((destructor(102))) static void examine_at_exit(void) {
  // acquire: pairs with the publication in open_arena.
  if (atomic_load_explicit(&opened, memory_order_acquire) == OPENED) lw_arena_examine_(arena);
}
