// The list of threads that wait, and the wait itself.
#include "posix_waiting.h"

#include <errno.h>

static lw_lock lock;
static lw_posix_waiter *_Nullable first LW_GUARDED_BY(&lock);

void lw_posix_enter_(lw_posix_waiter *waiter, const void *object) {
  waiter->object = object;
  waiter->number = lw_thread_self();
  waiter->next = NULL;
  atomic_init(&waiter->woken, false);
  lw_lock_acquire(&lock);
  lw_posix_waiter **end = &first;
  while (*end) end = &(*end)->next;
  *end = waiter;
  lw_lock_release_quietly(&lock);
  lw_touch(object, LW_ACCESS_WRITE);
}

void lw_posix_withdraw_(lw_posix_waiter *waiter) {
  lw_lock_acquire(&lock);
  for (lw_posix_waiter **at = &first; *at; at = &(*at)->next)
    if (*at == waiter) {
      *at = waiter->next;
      break;
    }
  lw_lock_release_quietly(&lock);
}

bool lw_posix_sleep_(lw_posix_waiter *waiter, lw_time deadline, bool may_wake) {
  bool woken = may_wake ? lw_park(waiter->object, deadline) == LW_PARK_UNPARKED
                        : lw_park_until(&waiter->woken, waiter->object, deadline);
  lw_posix_withdraw_(waiter);
  return woken || atomic_load(&waiter->woken);
}

uint32_t lw_posix_wake_(const void *object, uint32_t most) {
  uint32_t count = 0;
  lw_lock_acquire(&lock);
  for (lw_posix_waiter **at = &first; *at && count < most;) {
    lw_posix_waiter *waiter = *at;
    if (waiter->object != object) {
      at = &waiter->next;
      continue;
    }
    *at = waiter->next;
    lw_thread_number number = waiter->number;
    atomic_store(&waiter->woken, true); // from here on the record may be gone
    lw_unpark(number);
    count++;
  }
  lw_lock_release_quietly(&lock);
  lw_touch(object, LW_ACCESS_WRITE);
  return count;
}

int lw_posix_acquire_(void *object, int (*attempt)(void *object), int busy, lw_time deadline) {
  for (;;) {
    int answer = attempt(object);
    if (answer != busy) return answer;
    lw_posix_waiter waiter;
    lw_posix_enter_(&waiter, object);
    answer = attempt(object); // a thread that nobody controls may have released it just before
    if (answer != busy) {
      lw_posix_withdraw_(&waiter);
      return answer;
    }
    if (!lw_posix_sleep_(&waiter, deadline, false)) return ETIMEDOUT;
  }
}

int lw_posix_wait_at_(const void *condition, void *mutex, int (*unlock)(void *mutex), int (*relock)(void *mutex),
                      lw_time deadline) {
  lw_posix_waiter waiter;
  lw_point(LW_POINT_LOCK, condition, LW_ACCESS_WRITE); // what it waits for may have come since the program looked
  lw_posix_enter_(&waiter, condition);
  int failed = unlock(mutex);
  if (failed != 0) {
    lw_posix_withdraw_(&waiter);
    return failed;
  }
  bool woken = lw_posix_sleep_(&waiter, deadline, true);
  failed = relock(mutex);
  return failed != 0 || woken ? failed : ETIMEDOUT;
}

void lw_posix_released_(const void *object) {
  if (!lw_control_is_on()) return;
  lw_posix_wake_(object, UINT32_MAX);
  lw_point(LW_POINT_UNLOCKED, NULL, LW_ACCESS_READ);
}
