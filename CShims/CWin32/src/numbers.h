// Numbers for what comes all the time, each given once. A thread draws many of them at a time and gives them out one
// after the other: one counter for all would go to and fro between the processors, and cost a locked instruction each.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

enum { LW_NUMBERS_DRAWN = 64 }; ///< at a time

/// Zero-initialised it has given none.
typedef struct lw_numbers {
  _Atomic uint64_t drawn;
  /// By thread number: the one that it has given last. Whoever gets the number inherits it.
  struct {
    _Alignas(64) uint64_t last;
  } of[LW_THREAD_MAX];
} lw_numbers;

/// One that was not given before, never 0; those of a thread rise.
static inline uint64_t lw_number_next_(lw_numbers *numbers) {
  uint64_t *last = &numbers->of[lw_thread_self()].last;
  // relaxed: only the numbers matter.
  if (*last % LW_NUMBERS_DRAWN == 0)
    *last = atomic_fetch_add_explicit(&numbers->drawn, LW_NUMBERS_DRAWN, memory_order_relaxed);
  return ++*last;
}

#pragma clang assume_nonnull end
