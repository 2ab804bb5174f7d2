// The list of threads that wait, and the wait itself.
#include "posix_waiting.h"

#include <errno.h>

static lw_lock lock;
static lw_posix_waiter *_Nullable first LW_GUARDED_BY(&lock);

void lw_posix_enter_(lw_posix_waiter *waiter, const lw_posix_kind *kind, const void *object) {
  waiter->kind = kind;
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

int lw_posix_acquire_(const lw_posix_kind *kind, void *object, lw_time deadline) {
  for (;;) {
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
