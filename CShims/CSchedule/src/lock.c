// The lock: a futex mutex whose word is 0 free, 1 held, 2 held and somebody may sleep for it. A short spin comes before
// sleeping, because waking a thread on another virtual processor costs about 40 us and most holders are quicker.
#include "control.h"

enum { FREE = 0, HELD = 1, HELD_AND_WANTED = 2, SPINS_MAX = 100 };

static bool take_if_free(lw_lock *lock) {
  uint32_t expected = FREE;
  // acquire: what the last holder did before its release in `lw_lock_release` is visible to the new one. A failure
  // learns nothing.
  return atomic_compare_exchange_strong_explicit(&lock->state_, &expected, HELD, memory_order_acquire,
                                                 memory_order_relaxed);
}

static bool take_by_spinning(lw_lock *lock) {
  for (uint32_t spins = 0; spins < SPINS_MAX; spins++) {
    // relaxed: only a hint; taking it is what synchronises. Somebody who sleeps goes first: do not spin past him.
    uint32_t state = atomic_load_explicit(&lock->state_, memory_order_relaxed);
    if (state == HELD_AND_WANTED) return false;
    if (state == FREE && take_if_free(lock)) return true;
    __builtin_ia32_pause();
  }
  return false;
}

/// Under control a member holds it, and gives it back before anybody else runs - or a thread outside does, for a short
/// time: then it is waited for like free running.
static bool take_as_member(lw_lock *lock, lw_member *self) {
  for (;;) {
    if (take_if_free(lock)) return true;
    // relaxed: a member's number stands there while it holds the lock.
    lw_thread_number owner = atomic_load_explicit(&lock->owner_, memory_order_relaxed);
    if (!lw_member_of_(owner)) return false;
    self->lock = lock;
    lw_control_block_(self, LW_MEMBER_LOCKING, lock);
  }
}

static void take_contended(lw_lock *lock, lw_thread_number self) {
  // relaxed: a thread can only find its own number here if it wrote it itself.
  if (atomic_load_explicit(&lock->owner_, memory_order_relaxed) == self)
    lw_fatal("a thread acquired a lock that it already holds");
  if (lw_member_self_) {
    if (take_as_member(lock, lw_member_self_)) return;
  } else if (atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) & LW_ARMED_NOISE) {
    lw_noise_point_(LW_POINT_LOCK); // relaxed: as in lw_point
  }
  if (take_if_free(lock) || take_by_spinning(lock)) return;
  // acquire: as in take_if_free. Having slept, a thread cannot know whether others still do, so it takes the lock as
  // wanted; at worst that costs one needless wake.
  while (atomic_exchange_explicit(&lock->state_, HELD_AND_WANTED, memory_order_acquire) != FREE)
    lw_futex_wait_(&lock->state_, HELD_AND_WANTED, LW_NEVER);
}

void lw_lock_acquire(lw_lock *lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_thread_number self = lw_thread_self();
  if (!take_if_free(lock)) take_contended(lock, self);
  // relaxed: read for its own number by this thread, and by members while this one does not run.
  atomic_store_explicit(&lock->owner_, self, memory_order_relaxed);
}

bool lw_lock_try_acquire(lw_lock *lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_thread_number self = lw_thread_self();
  lw_touch(lock, LW_ACCESS_WRITE);
  if (!take_if_free(lock)) return false;
  // relaxed: as in lw_lock_acquire.
  atomic_store_explicit(&lock->owner_, self, memory_order_relaxed);
  return true;
}

static inline void let_go(lw_lock *lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  // relaxed: as in lw_lock_acquire.
  if (atomic_load_explicit(&lock->owner_, memory_order_relaxed) != lw_thread_self())
    lw_fatal("a thread released a lock that it does not hold");
  atomic_store_explicit(&lock->owner_, 0, memory_order_relaxed);
  // release: what was done under the lock is visible to the next holder. From here on the lock may be gone (its last
  // user may free it), so its memory is not read again; a wake of a stale address is harmless.
  if (atomic_exchange_explicit(&lock->state_, FREE, memory_order_release) == HELD_AND_WANTED)
    lw_futex_wake_one_(&lock->state_);
}

void lw_lock_release_quietly(lw_lock *lock) LW_NO_THREAD_SAFETY_ANALYSIS { let_go(lock); }

void lw_lock_release(lw_lock *lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  // relaxed: as in lw_point, asked once for both.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) == 0, 1)) return let_go(lock);
  // The order of releases is that of holders. Books have none: who was first there is no behaviour of the program, and
  // what is noted for the first time only would make a repetition another class.
  lw_touch(lock, LW_ACCESS_WRITE);
  let_go(lock);
  lw_point(LW_POINT_UNLOCKED, NULL, LW_ACCESS_READ);
}
