// Every load and store of memory as a scheduling point, for programs whose race has no other one in the middle: what a
// program that is built with `tools/cc --memory-points` calls before each of them, in which threads can share the
// memory. Like the operations of atomic_points.c the calls are those of clang's pass for ThreadSanitizer.
#include <string.h>

#include "shared_access.h"

static void reads(const void *address, size_t bytes) {
  lw_announce_access_(address, LW_ACCESS_READ);
  uint64_t value = 0;
  memcpy(&value, address, bytes < sizeof value ? bytes : sizeof value);
  lw_looked_(address, value);
}

#define ACCESSES(bytes)                                                                                                \
  void __tsan_read##bytes(const void *address) { reads(address, bytes); }                                              \
  void __tsan_write##bytes(const void *address) { lw_announce_store_(address, bytes); }                                \
  void __tsan_unaligned_read##bytes(const void *address) { reads(address, bytes); }                                    \
  void __tsan_unaligned_write##bytes(const void *address) { lw_announce_store_(address, bytes); }

ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

void *__tsan_memcpy(void *to, const void *from, size_t bytes) {
  lw_announce_access_(from, LW_ACCESS_READ);
  lw_announce_store_(to, bytes);
  return memcpy(to, from, bytes);
}

void *__tsan_memmove(void *to, const void *from, size_t bytes) {
  lw_announce_access_(from, LW_ACCESS_READ);
  lw_announce_store_(to, bytes);
  return memmove(to, from, bytes);
}

void *__tsan_memset(void *to, int value, size_t bytes) {
  lw_announce_store_(to, bytes);
  return memset(to, value, bytes);
}
