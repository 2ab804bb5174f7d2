// The wait of a thread for something of POSIX, and what it waits with.
#include "posix_waiting.h"

#include <errno.h>

/// Who has what `waiter` waits for.
LW_LOOKS_AT_THE_STILL static lw_thread_number holder(const void *waiter) {
  const lw_posix_waiter *self = waiter;
  return self->kind->holder ? lw_control_thread_of(self->kind->holder(self->object)) : 0;
}

bool lw_posix_sleep_(lw_posix_waiter *waiter, lw_time deadline, bool may_wake) {
  lw_awaited awaited = {.kind = waiter->kind->name,
                        .shown = (uint64_t)(uintptr_t)waiter->object,
                        .relation = "held by",
                        .thread = holder,
                        .object = waiter};
  lw_awaits(&awaited);
  bool woken = may_wake ? lw_park(waiter->object, deadline) == LW_PARK_UNPARKED
                        : lw_park_until(&waiter->woken, waiter->object, deadline);
  lw_awaits(NULL);
  lw_posix_withdraw_(waiter);
  return woken || atomic_load(&waiter->woken);
}

int lw_posix_acquire_(const lw_posix_kind *kind, void *object, lw_time deadline) {
  for (;;) {
    lw_posix_uses_(object);
    int answer = kind->attempt(object);
    if (answer != kind->busy) return answer;
    lw_posix_waiter waiter;
    lw_posix_enter_(&waiter, kind, object);
    answer = kind->attempt(object); // a thread that nobody controls may have released it just before
    if (answer != kind->busy) {
      lw_posix_withdraw_(&waiter);
      return answer;
    }
    if (!lw_posix_sleep_(&waiter, deadline, false)) return ETIMEDOUT;
  }
}

int lw_posix_wait_at_(const void *condition, void *mutex, int (*unlock)(void *mutex), int (*relock)(void *mutex),
                      lw_time deadline) {
  static const lw_posix_kind kind = {.name = "condition variable"};
  lw_posix_waiter waiter;
  lw_point(LW_POINT_LOCK, condition, LW_ACCESS_WRITE); // what it waits for may have come since the program looked
  lw_posix_uses_(condition);
  lw_posix_enter_(&waiter, &kind, condition);
  int failed = unlock(mutex);
  bool woken = failed == 0 && lw_posix_sleep_(&waiter, deadline, true);
  if (failed == 0)
    failed = relock(mutex);
  else
    lw_posix_withdraw_(&waiter);
  return failed != 0 || woken ? failed : ETIMEDOUT;
}

void lw_posix_released_(const void *object) {
  if (!lw_control_is_on()) return;
  lw_posix_wake_(object, UINT32_MAX);
  lw_point(LW_POINT_UNLOCKED, NULL, LW_ACCESS_READ);
}
