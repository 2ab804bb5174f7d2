// Parking: one futex word per thread number that holds at most one token. An unpark leaves the token, a park takes it;
// the kernel is asked only when a thread really sleeps or has to be woken. This file has the module's only futex calls.
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "footprints.h"
#include "poller.h"

/// What a thread's word says.
enum { EMPTY = 0, TOKEN = LW_PARK_TOKEN, PARKED = 2, POLLING = 3 };

enum {
  AWAKE_TICKS = 20000,          ///< some 8 us: what waking a thread on another processor costs
  AWAKE_POLLING_TICKS = 100000, ///< some 40 us: what whoever is to answer takes where it has to be woken
  WORTH_NS = 100000,            ///< a park that may end earlier is none to be awake in
  LEFT_OUT_MOST = 1023,         ///< parks in a row
};

static struct {
  _Alignas(64) _Atomic uint32_t word;
} parking[LW_THREAD_MAX];

bool lw_futex_wait_(_Atomic uint32_t *word, uint32_t expected, lw_time deadline) {
  int saved = errno;
  struct timespec until = {.tv_sec = (time_t)(deadline / 1000000000), .tv_nsec = (long)(deadline % 1000000000)};
  // The bitset form takes an absolute time of the monotonic clock, so nothing is lost between looking and sleeping.
  long failed = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected,
                        deadline == LW_NEVER ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
  bool timed_out = failed != 0 && errno == ETIMEDOUT;
  errno = saved;
  return !timed_out;
}

void lw_futex_wake_one_(_Atomic uint32_t *word) {
  int saved = errno;
  syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
  errno = saved;
}

void lw_sleep_until_(lw_time deadline) {
  _Atomic uint32_t nobody_wakes = 0;
  while (lw_futex_wait_(&nobody_wakes, 0, deadline)) continue;
}

const _Atomic uint32_t *lw_park_word_(lw_thread_number number) { return &parking[number].word; }

LW_UNSEEN void lw_park_forget_(lw_thread_number number) {
  // relaxed: the number's new owner is let go, or created, behind it.
  atomic_store_explicit(&parking[number].word, EMPTY, memory_order_relaxed);
}

/// Under control nobody sleeps here: the member gives the processor away until it has a token or its time has come.
static lw_park_result park_member(lw_member *self, const void *_Nullable object, lw_time deadline, bool may_wake) {
  _Atomic uint32_t *word = &parking[self->number].word;
  self->deadline = deadline;
  self->may_wake = may_wake;
  if (!lw_member_is_unparked_(self)) {
    self->yields = deadline != LW_NEVER && deadline <= lw_control_now_();
    lw_control_block_(self, LW_MEMBER_PARKED, object);
  }
  // The act is to take the token or to do without; that a thread waited before is none.
  bool unparked = atomic_exchange(word, EMPTY) == TOKEN || self->resumed_by == LW_TURN_WAKE;
  lw_footprints_touch_(self, word, LW_ACCESS_WRITE);
  lw_footprints_step_(self, LW_ACT_PARKED + unparked);
  return unparked ? LW_PARK_UNPARKED : LW_PARK_TIMEOUT;
}

/// Stays awake for a moment before falling asleep. Waking a thread that sleeps takes longer than most answers of one
/// that runs on another processor, and where both stay awake neither has to be woken. What was in vain is left out for
/// one park, then for three, seven and so on. The thread that polls looks at the descriptors meanwhile, until something
/// is `ready`, and gives the processor on between two looks: whoever is to answer may be waiting for it.
static void stay_awake(const _Atomic uint32_t *word, lw_time deadline, lw_ready *_Nullable ready) {
  static _Thread_local uint32_t left_out, to_leave_out;
  // relaxed: as in lw_point. Who is delayed on purpose is in no hurry.
  if (atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0) return;
  if (to_leave_out != 0) {
    to_leave_out--;
    return;
  }
  if (deadline != LW_NEVER && deadline < lw_clock_now() + WORTH_NS) return;
  uint64_t until = lw_clock_stamp() + (ready ? AWAKE_POLLING_TICKS : AWAKE_TICKS);
  do {
    if (ready) lw_poll_look_(ready);
    // relaxed: only a hint; taking the token is what synchronises.
    if (atomic_load_explicit(word, memory_order_relaxed) == TOKEN || (ready && ready->count > 0)) {
      left_out = 0;
      return;
    }
    if (ready)
      sched_yield();
    else
      __builtin_ia32_pause();
  } while (lw_clock_stamp() < until);
  if (left_out < LEFT_OUT_MOST) left_out = 2 * left_out + 1;
  to_leave_out = left_out;
}

static lw_park_result park_free(const void *_Nullable object, lw_time deadline) {
  lw_point(LW_POINT_PARK, object, LW_ACCESS_READ);
  _Atomic uint32_t *word = &parking[lw_thread_self()].word;
  uint32_t expected = EMPTY;
  stay_awake(word, deadline, NULL);
  // Sequentially consistent throughout: parking is where threads hand facts to each other, and on this processor the
  // exchange costs the same with any order.
  if (!atomic_compare_exchange_strong(word, &expected, PARKED)) {
    atomic_exchange(word, EMPTY);
    return LW_PARK_UNPARKED;
  }
  for (;;) {
    bool in_time = lw_futex_wait_(word, PARKED, deadline);
    expected = TOKEN;
    if (atomic_compare_exchange_strong(word, &expected, EMPTY)) return LW_PARK_UNPARKED;
    if (in_time) continue;
    // The token may come in this very moment; the exchange decides.
    return atomic_exchange(word, EMPTY) == TOKEN ? LW_PARK_UNPARKED : LW_PARK_TIMEOUT;
  }
}

static lw_park_result park(const void *_Nullable object, lw_time deadline, bool may_wake) {
  lw_member *self = lw_member_self_;
  return self ? park_member(self, object, deadline, may_wake) : park_free(object, deadline);
}

lw_park_result lw_park(const void *object, lw_time deadline) { return park(object, deadline, true); }

static bool is_done(const _Atomic bool *done, const _Atomic bool *other) {
  // acquire: pairs with the release of whoever set it.
  return atomic_load_explicit(done, memory_order_acquire) || atomic_load_explicit(other, memory_order_acquire);
}

bool lw_park_until_either(const _Atomic bool *done, const _Atomic bool *other, const void *object, lw_time deadline) {
  while (!is_done(done, other))
    if (park(object, deadline, false) == LW_PARK_TIMEOUT) return is_done(done, other);
  return true;
}

bool lw_park_polling_(const _Atomic bool *done, const _Atomic bool *other, lw_time deadline) {
  _Atomic uint32_t *word = &parking[lw_thread_self()].word;
  bool in_time = true;
  while (in_time && !is_done(done, other)) {
    lw_ready ready; // of which what is counted is there
    ready.count = 0;
    uint32_t expected = EMPTY;
    stay_awake(word, deadline, &ready);
    if (ready.count <= 0 && atomic_compare_exchange_strong(word, &expected, POLLING))
      in_time = lw_poll_wait_(&ready, deadline);
    // Before the callbacks, which may let this very thread go.
    atomic_exchange(word, EMPTY);
    lw_poll_deliver_(&ready);
  }
  return is_done(done, other);
}

bool lw_park_until(const _Atomic bool *done, const void *object, lw_time deadline) {
  return lw_park_until_either(done, done, object, deadline);
}

void lw_unpark(lw_thread_number number) {
  if (number == 0 || number >= LW_THREAD_MAX) return;
  _Atomic uint32_t *word = &parking[number].word;
  uint32_t before = atomic_exchange(word, TOKEN);
  if (before == PARKED) lw_futex_wake_one_(word);
  if (before == POLLING) lw_poll_ring_();
  lw_touch(word, LW_ACCESS_WRITE);
  // relaxed: as in lw_point. A thread that no token binds may let a member go while all of them wait.
  uint32_t armed = atomic_load_explicit(&lw_points_armed_, memory_order_relaxed);
  if (__builtin_expect((armed & LW_ARMED_CONTROL) != 0, 0)) lw_control_let_go_();
}
