// Every load and store of memory as a scheduling point, for programs whose race has no other one in the middle: what a
// program that is built with `tools/cc --memory-points` calls before each of them
// (https://clang.llvm.org/docs/SanitizerCoverage.html#tracing-data-flow).
#include <stdint.h>

#include "lw_schedule.h"

/// Nearer to the caller's frame than this, memory is taken for the caller's own variables, which are nobody else's.
enum { OWN_STACK_BYTES = 65536 };

/// `frame`: of the function that is called before the access.
static inline void announce(const void *address, lw_access access, const void *frame) {
  if ((uintptr_t)address - (uintptr_t)frame < OWN_STACK_BYTES) return;
  // A word is one object, whatever part of it is touched.
  lw_point_often((const void *)((uintptr_t)address & ~(uintptr_t)7), access);
}

#define ANNOUNCE(bytes)                                                                                                \
  void __sanitizer_cov_load##bytes(const void *address) {                                                              \
    announce(address, LW_ACCESS_READ, __builtin_frame_address(0));                                                     \
  }                                                                                                                    \
  void __sanitizer_cov_store##bytes(const void *address) {                                                             \
    announce(address, LW_ACCESS_WRITE, __builtin_frame_address(0));                                                    \
  }

ANNOUNCE(1)
ANNOUNCE(2)
ANNOUNCE(4)
ANNOUNCE(8)
ANNOUNCE(16)
