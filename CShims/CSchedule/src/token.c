// The token. It is handed over directly, from the member that decided to the one that was chosen, by one futex wake;
// there is no scheduler thread.
//
// Who has given it away stays awake at first: of a few that hand it to each other, as most do, none needs to sleep or
// be woken then, and giving the processor away costs half of that. But beside another program that keeps the processor
// busy, the system takes that for a sign that there is nothing to do: the program runs for milliseconds each time,
// where one who slept would be back within microseconds. So a hand-over to somebody awake that takes long has the
// following ones do without, and later it is tried again: then whoever sees the processor come back late sleeps at
// once.
//
// The system gives the processor to those who are awake in an order that stays: round. Hand-overs mostly go round too,
// so that order or its reverse suits them, and the other one has most of them pass through somebody who is not meant.
// That is counted, and an order that does not suit is given up by having everybody sleep once: they are woken in the
// order of hand-overs that take place.
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "control.h"

/// Futex calls of this file alone: those of park.c are seen by sanitizers.
LW_UNSEEN bool lw_token_wait_while_(_Atomic uint32_t *word, uint32_t value, uint64_t ns) {
  struct timespec most = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};
  long failed = syscall(SYS_futex, word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, value, ns == 0 ? NULL : &most, NULL, 0);
  return failed == 0 || errno != ETIMEDOUT;
}

LW_UNSEEN void lw_token_wake_(_Atomic uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

/// What a member's futex says. The system is asked to wake him only when he sleeps.
enum turn_state { NOT_HIS, HIS, NOT_HIS_AND_ASLEEP };

enum {
  FEW = 4,             ///< members: each of them that is awake may get the processor before the one that is meant
  TIMES_OF_FEW = 6,    ///< that one gives it on before he falls asleep: to wake him costs as much as giving it on once
  SLOW_TICKS = 300000, ///< about a tenth of a millisecond; a hand-over takes a hundredth of that
  ASLEEP_FIRST = 256,  ///< hand-overs for which nobody stays awake behind a slow one, and twice as many behind each
  ASLEEP_MOST = 1 << 16, ///< further one, at most
  TIMED_ONE_IN = 4,      ///< hand-overs: to read the clock twice costs a thirtieth of one
  ORDER_LASTS = 128,     ///< hand-overs at least
  QUICK_ENOUGH = 256     ///< quick ones in a row, and a slow one is a first one again
};

/// What hand-overs were like lately; whoever has the token reads and changes it.
static struct {
  uint64_t given_at;    ///< a stamp of the clock; 0: this one is not timed
  uint32_t untimed;     ///< hand-overs since one was timed
  uint32_t asleep_left; ///< hand-overs for which nobody stays awake
  uint32_t asleep;      ///< as many, behind the next slow one
  uint32_t quick;       ///< in a row, of those that were timed
  uint32_t in_order;    ///< hand-overs since the order of those awake was looked at
  uint32_t detours;     ///< of the processor on the way, through members who were not meant
} lately = {.asleep = ASLEEP_FIRST};

/// Has everybody sleep once if the order of those awake does not suit: if more hand-overs go through each member who
/// could be passed through than in an order at random, or its reverse, would.
LW_UNSEEN static void look_at_order(void) {
  if (++lately.in_order < ORDER_LASTS) return;
  uint32_t count = atomic_load(&lw_member_count_);
  if (count > 2 && lately.detours * 8 > lately.in_order * (count - 2) * 5) lately.asleep_left = count;
  lately.in_order = lately.detours = 0;
}

/// Whether who gives the token away now stays awake at first.
LW_UNSEEN static bool pays_to_stay_awake(void) {
  if (lately.asleep_left == 0) look_at_order();
  if (lately.asleep_left == 0) return true;
  lately.asleep_left--;
  return false;
}

LW_UNSEEN static void note_slow(void) {
  lately.quick = 0;
  lately.asleep_left = lately.asleep;
  if (lately.asleep < ASLEEP_MOST) lately.asleep *= 2;
}

/// Somebody who was awake has the token.
LW_UNSEEN static void note_latency(void) {
  if (lately.given_at == 0) return;
  if (lw_clock_stamp() - lately.given_at >= SLOW_TICKS)
    note_slow();
  else if (++lately.quick >= QUICK_ENOUGH)
    lately.asleep = ASLEEP_FIRST;
}

/// Gives the processor on; returns whether it came back late.
LW_UNSEEN static bool yield_processor(bool is_timed) {
  uint64_t left_at = is_timed ? lw_clock_stamp() : 0;
  syscall(SYS_sched_yield);
  return is_timed && lw_clock_stamp() - left_at >= SLOW_TICKS;
}

LW_UNSEEN void lw_token_await_(lw_member *member) {
  int saved = errno;
  uint32_t most = !member->stays_awake ? 0 : atomic_load(&lw_member_count_) <= FEW ? TIMES_OF_FEW : 1, times = 0;
  bool is_slow = false;
  for (; times < most && !is_slow && atomic_load(&member->go) != HIS; times++)
    is_slow = yield_processor(member->tries_awake);
  uint32_t state = NOT_HIS;
  bool sleeps =
      atomic_load(&member->go) != HIS && atomic_compare_exchange_strong(&member->go, &state, NOT_HIS_AND_ASLEEP);
  if (sleeps)
    while (atomic_load(&member->go) != HIS) lw_token_wait_while_(&member->go, NOT_HIS_AND_ASLEEP, 0);
  // relaxed: whoever gives it to him next learned from him that he may.
  atomic_store_explicit(&member->go, NOT_HIS, memory_order_relaxed);
  if (times > 0) lately.detours += times - 1;
  if (is_slow)
    note_slow();
  else if (member->stays_awake && !sleeps)
    note_latency();
  if (member->state == LW_MEMBER_LEFT) lw_member_stand_();
  errno = saved;
}

LW_UNSEEN void lw_token_give_(lw_member *member) {
  int saved = errno;
  lw_member *giver = lw_controller_.holder;
  if (giver) {
    giver->stays_awake = pays_to_stay_awake();
    giver->tries_awake = lately.quick < QUICK_ENOUGH;
  }
  bool is_timed = ++lately.untimed == TIMED_ONE_IN;
  if (is_timed) lately.untimed = 0;
  lately.given_at = is_timed ? lw_clock_stamp() : 0;
  lw_controller_.holder = member;
  lw_controller_.result.switches++;
  if (atomic_exchange(&member->go, HIS) == NOT_HIS_AND_ASLEEP) lw_token_wake_(&member->go);
  errno = saved;
}
