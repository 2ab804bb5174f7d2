// A bump allocator in static memory. The dynamic loader and libc's own start call malloc before the environment exists,
// and opening an arena calls it again (dlopen of libunwind); those calls are few, small and may not wait.
#include "early.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "lw_schedule.h"

enum { EARLY_BYTES = 4 << 20, EARLY_ALIGNMENT = 16 };

/// In front of every piece.
typedef struct early_head {
  _Alignas(EARLY_ALIGNMENT) size_t bytes;
} early_head;

static _Alignas(4096) char memory[EARLY_BYTES];
static _Atomic size_t used;

void *lw_early_allocate_(size_t bytes, size_t alignment) {
  if (alignment < EARLY_ALIGNMENT) alignment = EARLY_ALIGNMENT;
  size_t need;
  if (__builtin_add_overflow(bytes, sizeof(early_head) + alignment, &need) || need > EARLY_BYTES)
    lw_fatal("malloc was asked for more than 4 MiB before the program's arena was open");
  // relaxed: the pieces are disjoint, and nothing else is shared.
  size_t start = atomic_fetch_add_explicit(&used, need, memory_order_relaxed);
  if (start > EARLY_BYTES - need) lw_fatal("malloc was asked for more than 4 MiB before the program's arena was open");
  uintptr_t first = (uintptr_t)memory + start + sizeof(early_head);
  uintptr_t address = (first + alignment - 1) & ~(uintptr_t)(alignment - 1);
  early_head head = {.bytes = bytes};
  memcpy((char *)address - sizeof head, &head, sizeof head);
  return (void *)address;
}

bool lw_early_owns_(const void *address) {
  return (uintptr_t)address >= (uintptr_t)memory && (uintptr_t)address < (uintptr_t)memory + EARLY_BYTES;
}

size_t lw_early_bytes_(const void *address) {
  early_head head;
  memcpy(&head, (const char *)address - sizeof head, sizeof head);
  return head.bytes;
}
