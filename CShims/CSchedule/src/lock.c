// The lock where it is not simply taken: a futex mutex. A short spin comes before sleeping, because waking a thread on
// another virtual processor costs about 40 us and most holders are quicker.
#include "footprints.h"
#include "lock_keeper.h"

enum { SPINS_MAX = 100 };

/// Takes it if nobody holds it who does not keep it.
static bool take(lw_lock *lock) {
  // relaxed: the exchange decides.
  uint32_t state = atomic_load_explicit(&lock->state_, memory_order_relaxed);
  // acquire: as in lw_lock_take_if_free_.
  return (state & LW_LOCK_HELD) == 0 &&
         atomic_compare_exchange_strong_explicit(&lock->state_, &state, state | LW_LOCK_HELD, memory_order_acquire,
                                                 memory_order_relaxed);
}

/// The caller has taken it: waits until nobody else holds it.
static void take_over(lw_lock *lock) {
  // relaxed: only a holder has it kept by somebody.
  if (atomic_load_explicit(&lock->state_, memory_order_relaxed) & LW_LOCK_KEPT) lw_lock_dismiss_keeper_(lock);
}

static bool take_by_spinning(lw_lock *lock) {
  for (uint32_t spins = 0; spins < SPINS_MAX; spins++) {
    // relaxed: only a hint; taking it is what synchronises. Somebody who sleeps goes first: do not spin past him.
    if (atomic_load_explicit(&lock->state_, memory_order_relaxed) & LW_LOCK_WANTED) return false;
    if (take(lock)) return true;
    __builtin_ia32_pause();
  }
  return false;
}

/// Under control a member holds it, and gives it back before anybody else runs - or a thread outside does, for a short
/// time: then it is waited for like free running.
static bool take_as_member(lw_lock *lock, lw_member *self) {
  for (;;) {
    if (take(lock)) return true;
    // relaxed: a member's number stands there while it holds the lock.
    lw_thread_number owner = atomic_load_explicit(&lock->owner_, memory_order_relaxed);
    if (!lw_member_of_(owner)) return false;
    self->lock = lock;
    lw_control_block_(self, LW_MEMBER_LOCKING, lock);
  }
}

static bool is_held_by(const lw_lock *lock, lw_thread_number self) {
  // relaxed, both: a thread can only find its own number here if it wrote it itself.
  return atomic_load_explicit(&lock->owner_, memory_order_relaxed) == self ||
         atomic_load_explicit(&lock->inside_, memory_order_relaxed) == self;
}

static void wait_for(lw_lock *lock) {
  if (lw_member_self_) {
    if (take_as_member(lock, lw_member_self_)) return;
  } else if (atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) & LW_ARMED_NOISE) {
    lw_noise_point_(LW_POINT_LOCK); // relaxed: as in lw_point
  }
  if (take(lock) || take_by_spinning(lock)) return;
  // acquire: as in take. Having slept, a thread cannot know whether others still do, so it takes the lock as wanted; at
  // worst that costs one needless wake.
  const uint32_t wanted = LW_LOCK_HELD | LW_LOCK_WANTED;
  uint32_t before;
  while ((before = atomic_fetch_or_explicit(&lock->state_, wanted, memory_order_acquire)) & LW_LOCK_HELD)
    lw_futex_wait_(&lock->state_, before | wanted, LW_NEVER);
}

void lw_lock_acquire_rarely_(lw_lock *lock) {
  if (is_held_by(lock, lw_thread_self())) lw_fatal("a thread acquired a lock that it already holds");
  if (!take(lock)) wait_for(lock);
  take_over(lock);
}

bool lw_lock_try_acquire(lw_lock *lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_thread_number self = lw_thread_self();
  lw_touch(lock, LW_ACCESS_WRITE);
  // relaxed, all: as in lw_lock_acquire. That the keeper is inside is only a hint.
  if (lw_lock_enter_(lock, self, atomic_load_explicit(&lock->state_, memory_order_relaxed))) return true;
  if (atomic_load_explicit(&lock->inside_, memory_order_relaxed) != 0 || !take(lock)) return false;
  take_over(lock);
  atomic_store_explicit(&lock->owner_, (uint16_t)self, memory_order_relaxed);
  return true;
}

void lw_lock_not_held_(void) { lw_fatal("a thread released a lock that it does not hold"); }

void lw_lock_wake_(lw_lock *lock) { lw_futex_wake_one_(&lock->state_); }

void lw_lock_release_watched_(lw_lock *lock) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_member *self = lw_member_self_;
  // The order of releases is that of holders. Books have none: who was first there is no behaviour of the program, and
  // what is noted for the first time only would make a repetition another class.
  if (self) lw_footprints_touch_(self, lock, LW_ACCESS_WRITE);
  lw_lock_release_quietly(lock);
  if (self)
    lw_control_point_(self, LW_POINT_UNLOCKED, NULL, LW_ACCESS_READ);
  else
    lw_point(LW_POINT_UNLOCKED, NULL, LW_ACCESS_READ);
}
