// The project's own memory: pages, and pools of equal objects. Never malloc's: a program's allocator may be served from
// an arena, and a report may not depend on it. Included by lw_schedule.h.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

/// Pages from the system, zeroed. NULL when there are none. Give them back with `lw_pages_release` and the same size.
void *_Nullable lw_pages_reserve(size_t bytes);
void lw_pages_release(void *pages, size_t bytes);

/// What a thread has given back last, to be taken next.
typedef struct lw_pool_hand {
  void *_Nullable first;
  uint64_t count;
} lw_pool_hand;

/// By thread number. Whoever gets the number inherits it.
typedef struct lw_pool_hands {
  lw_pool_hand of[LW_THREAD_MAX];
} lw_pool_hands;

/// A pool of equal objects carved from pages. Objects are zeroed when handed out; their memory is never unmapped, so a
/// late reader of a recycled object reads an object of the same type. Statically initialise with LW_POOL(type).
typedef struct lw_pool {
  lw_lock lock;
  uint32_t object_bytes;
  void *_Nullable free_ LW_GUARDED_BY(&lock);
  char *_Nullable fresh_ LW_GUARDED_BY(&lock);
  char *_Nullable end_ LW_GUARDED_BY(&lock);
  lw_pool_hands *_Nullable hands;
} lw_pool;
#define LW_POOL(type) {.object_bytes = sizeof(type) < sizeof(void *) ? sizeof(void *) : sizeof(type)}
/// The same for what threads take and give all the time, by which the pool's lock is spared.
#define LW_POOL_WITH_HANDS(type, hands_) {.object_bytes = sizeof(type), .hands = (hands_)}
void *_Nullable lw_pool_take(lw_pool *pool);
void lw_pool_give(lw_pool *pool, void *object);

#pragma clang assume_nonnull end
