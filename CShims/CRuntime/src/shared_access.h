// What points at accesses of memory have in common.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lw_arena.h"
#include "lw_schedule.h"

#pragma clang assume_nonnull begin

/// A word is one object, whatever part of it is touched.
static inline const void *lw_word_of_(const volatile void *address) {
  return (const void *)((uintptr_t)address & ~(uintptr_t)7);
}

/// Whether the calling member is at something that is done once in a process. Swift programs alone have it.
bool lw_is_once_only_(const volatile void *address) __attribute__((weak));
static inline bool lw_is_unseen_(const volatile void *address) { return lw_is_once_only_ && lw_is_once_only_(address); }

/// The calling thread is about to touch `address`, for code that goes on at `caller`.
static inline void lw_announce_access_(const volatile void *address, lw_access access, const void *caller) {
  if (lw_is_unseen_(address)) return;
  lw_here_before(caller);
  lw_point_often(lw_word_of_(address), access);
}

/// It is about to store there.
static inline void lw_announce_store_(const volatile void *address, size_t bytes, const void *caller) {
  lw_announce_access_(address, LW_ACCESS_WRITE, caller);
  lw_will_store_((const void *)(uintptr_t)address, bytes);
}

/// It found `value` there and did not change it. One that looks again and again waits for others, which go first then.
void lw_looked_(const volatile void *address, uint64_t value);

#pragma clang assume_nonnull end

// What follows is called for each access and holds nothing by itself: a thread in there can be stopped as in the
// program (CWin32/src/thread_stops.c), where most of what it does may be such accesses. So it is apart from the layer's
// rest.
#pragma clang section text = "lw_access"
