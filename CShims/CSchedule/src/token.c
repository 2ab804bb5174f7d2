// The token. It is handed over directly, from the member that decided to the one that was chosen, by one futex wake;
// there is no scheduler thread.
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

LW_UNSEEN void lw_token_await_(lw_member *member) {
  int saved = errno;
  // Two that hand the token to each other, as most do, need neither sleep nor be woken: giving the processor away once
  // costs half of that.
  if (atomic_load(&member->go) != HIS) syscall(SYS_sched_yield);
  uint32_t state = NOT_HIS;
  if (atomic_compare_exchange_strong(&member->go, &state, NOT_HIS_AND_ASLEEP))
    while (atomic_load(&member->go) != HIS) lw_token_wait_while_(&member->go, NOT_HIS_AND_ASLEEP, 0);
  // relaxed: whoever gives it to him next learned from him that he may.
  atomic_store_explicit(&member->go, NOT_HIS, memory_order_relaxed);
  if (member->state == LW_MEMBER_LEFT) lw_member_stand_();
  errno = saved;
}

LW_UNSEEN void lw_token_give_(lw_member *member) {
  int saved = errno;
  lw_controller_.holder = member;
  lw_controller_.result.switches++;
  if (atomic_exchange(&member->go, HIS) == NOT_HIS_AND_ASLEEP) lw_token_wake_(&member->go);
  errno = saved;
}
