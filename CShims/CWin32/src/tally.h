// Counts of what comes and goes all the time, for accounting: one for each thread, which alone stores there. One count
// for all would go to and fro between the processors with every act, and cost a locked instruction.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

/// By thread number: what the thread has counted. Whoever gets the number inherits it.
typedef struct lw_tally {
  struct {
    _Alignas(64) _Atomic int64_t count;
  } of[LW_THREAD_MAX];
} lw_tally;

static inline void lw_tally_add_(lw_tally *tally, int64_t more) {
  _Atomic int64_t *own = &tally->of[lw_thread_self()].count;
  // relaxed, both: a number only.
  atomic_store_explicit(own, atomic_load_explicit(own, memory_order_relaxed) + more, memory_order_relaxed);
}

/// The sum, exact when nobody is at work.
static inline uint64_t lw_tally_sum_(lw_tally *tally) {
  int64_t sum = 0;
  // relaxed: as above.
  for (lw_thread_number n = 1; n <= lw_thread_highest(); n++)
    sum += atomic_load_explicit(&tally->of[n].count, memory_order_relaxed);
  return (uint64_t)sum;
}

#pragma clang assume_nonnull end
