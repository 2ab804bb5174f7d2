// The lock, as far as nobody else wants it: an operation takes a dozen of them. What is rare is in lock.c.
//
// Most locks are only ever taken by one thread. A lock that a thread has taken LW_LOCK_TAKES times in a row is kept by
// it: it takes and releases the lock by plain stores, a twentieth of what locked instructions cost, until another
// thread wants it. Then it is like any other, until the same thread - and no other, ever - has taken it so often in a
// row that another dismissal costs less than it has spared. How the two do not miss each other is said in
// lock_keeper.c.
// Included by lw_schedule.h.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

/// A mutual exclusion lock; zero-initialised is unlocked. Not recursive: locking it twice from one thread ends the
/// program with a sentence. Points lie before a contended acquisition and after each release that is not quiet.
typedef struct LW_CAPABILITY("lock") lw_lock {
  _Atomic uint32_t state_;  ///< LW_LOCK_HELD to LW_LOCK_SHARED
  _Atomic uint16_t owner_;  ///< lw_thread_number of the holder that is not its keeper; 0 when there is none
  _Atomic uint16_t inside_; ///< that of the keeper while it holds the lock, stored by nobody else
} lw_lock;

enum {
  LW_LOCK_HELD = 1 << 0,
  LW_LOCK_WANTED = 1 << 1, ///< and held: somebody may sleep for it
  LW_LOCK_NUMBER = 1 << 2, ///< 12 bits: the thread that keeps it or has kept it; before, the one that took it last
  LW_LOCK_TAKE = 1 << 14,  ///< 14 bits: how often in a row that thread has, until they run over into the next one
  LW_LOCK_KEPT = 1 << 28,
  LW_LOCK_DISMISSED = 1 << 29, ///< its keeper was, at some time
  LW_LOCK_SHARED = 1 << 30,    ///< by several threads, for good
  LW_LOCK_TAKES = 256,
  LW_LOCK_TAKES_AGAIN = (1 << 14) - 1 ///< of a keeper that was dismissed
};
_Static_assert(LW_LOCK_NUMBER *LW_THREAD_MAX == LW_LOCK_TAKE, "a number fits in its bits");

/// Whether the system can do what dismissing a keeper needs.
extern bool lw_lock_can_be_kept_;
void lw_lock_acquire_rarely_(lw_lock *lock);
bool lw_lock_try_acquire(lw_lock *lock) LW_TRY_ACQUIRE(true, *lock);
void lw_lock_release_watched_(lw_lock *lock);
void lw_lock_wake_(lw_lock *lock);
_Noreturn void lw_lock_not_held_(void);

/// Takes a lock that the calling thread keeps; false when it does not, or somebody asks for it.
static inline bool lw_lock_enter_(lw_lock *lock, lw_thread_number self, uint32_t state) {
  // relaxed, all: the stores are seen in time by whoever asks for the lock, see lock_keeper.c.
  if ((state & ~(uint32_t)LW_LOCK_DISMISSED) != (LW_LOCK_KEPT | self * LW_LOCK_NUMBER)) return false;
  if (atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0) return false;
  if (atomic_load_explicit(&lock->inside_, memory_order_relaxed) != 0) return false;
  atomic_store_explicit(&lock->inside_, (uint16_t)self, memory_order_relaxed);
  atomic_signal_fence(memory_order_seq_cst);
  if (__builtin_expect(atomic_load_explicit(&lock->state_, memory_order_relaxed) == state, 1)) return true;
  atomic_store_explicit(&lock->inside_, 0, memory_order_release);
  return false;
}

/// Takes a lock that nobody holds or keeps.
static inline bool lw_lock_take_if_free_(lw_lock *lock, uint32_t state) {
  // acquire: what the last holder did before its release is visible to the new one. A failure learns nothing.
  return (state & (LW_LOCK_HELD | LW_LOCK_KEPT)) == 0 &&
         atomic_compare_exchange_strong_explicit(&lock->state_, &state, state | LW_LOCK_HELD, memory_order_acquire,
                                                 memory_order_relaxed);
}

static inline void lw_lock_acquire(lw_lock *lock) LW_ACQUIRE(*lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_thread_number self = lw_thread_self(); // A new thread is adopted before it holds a lock.
  // relaxed, both: the exchange decides; and the owner is read for its own number by this thread, and by members while
  // this one does not run.
  uint32_t state = atomic_load_explicit(&lock->state_, memory_order_relaxed);
  if (lw_lock_enter_(lock, self, state)) return;
  if (__builtin_expect(!lw_lock_take_if_free_(lock, state), 0)) lw_lock_acquire_rarely_(lock);
  atomic_store_explicit(&lock->owner_, (uint16_t)self, memory_order_relaxed);
}

/// The state that a holder that is no keeper leaves behind.
static inline uint32_t lw_lock_left_(uint32_t state, lw_thread_number self) {
  const uint32_t bits = LW_LOCK_TAKE - LW_LOCK_NUMBER, number = self * LW_LOCK_NUMBER;
  if (state & LW_LOCK_SHARED) return LW_LOCK_SHARED;
  if ((state & bits) != number && state & LW_LOCK_DISMISSED)
    return (LW_LOCK_DISMISSED | LW_LOCK_KEPT) - LW_LOCK_TAKES_AGAIN * LW_LOCK_TAKE + (state & bits);
  if ((state & bits) != number) return LW_LOCK_KEPT - LW_LOCK_TAKES * LW_LOCK_TAKE + number;
  uint32_t left = (state & ~(uint32_t)(LW_LOCK_HELD | LW_LOCK_WANTED)) + LW_LOCK_TAKE;
  bool may_be = __builtin_expect((left & LW_LOCK_KEPT) == 0, 1) || lw_lock_can_be_kept_;
  return may_be ? left : LW_LOCK_SHARED;
}

/// The same as `lw_lock_release`, without a point behind it: for books of this project's own, where another order of
/// two threads is no other behaviour of the program.
static inline void lw_lock_release_quietly(lw_lock *lock) LW_RELEASE(*lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_thread_number self = lw_thread_self_;
  // relaxed, all but one each: as in lw_lock_acquire. release: what was done under the lock is visible to the next
  // holder. From here on the lock may be gone (its last user may free it), so its memory is not touched again; a wake
  // of a stale address is harmless.
  if (atomic_load_explicit(&lock->inside_, memory_order_relaxed) == self) {
    atomic_store_explicit(&lock->inside_, 0, memory_order_release);
    return;
  }
  if (__builtin_expect(atomic_load_explicit(&lock->owner_, memory_order_relaxed) != self, 0)) lw_lock_not_held_();
  atomic_store_explicit(&lock->owner_, 0, memory_order_relaxed);
  uint32_t left = lw_lock_left_(atomic_load_explicit(&lock->state_, memory_order_relaxed), self);
  uint32_t before = atomic_exchange_explicit(&lock->state_, left, memory_order_release);
  if (__builtin_expect((before & LW_LOCK_WANTED) != 0, 0)) lw_lock_wake_(lock);
}

static inline void lw_lock_release(lw_lock *lock) LW_RELEASE(*lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  // relaxed: as in lw_point, asked once for both.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0, 0))
    lw_lock_release_watched_(lock);
  else
    lw_lock_release_quietly(lock);
}

/// Has no thread keep the lock, which nobody uses yet: for one that is held for long, behind which others sleep.
static inline void lw_lock_share(lw_lock *lock) {
  // relaxed: whoever lets others know of the lock publishes it.
  atomic_store_explicit(&lock->state_, LW_LOCK_SHARED, memory_order_relaxed);
}

#pragma clang assume_nonnull end
