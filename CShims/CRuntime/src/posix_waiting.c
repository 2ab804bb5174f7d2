// The wait of a thread for something of POSIX, and what it waits with.
#include "posix_waiting.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SHORTLY_NS = 20000000, NS_PER_S = 1000000000 };

_Thread_local const void *_Nullable lw_posix_caller_;

/// Whether the system knows no thread of this process by that number.
LW_LOOKS_AT_THE_STILL static bool has_ended(int32_t id) {
  int saved = errno;
  bool is_gone = syscall(SYS_tgkill, getpid(), id, 0) != 0;
  errno = saved;
  return is_gone;
}

/// Who has what `waiter` waits for.
LW_LOOKS_AT_THE_STILL static lw_thread_number holder(const void *waiter) {
  const lw_posix_waiter *self = waiter;
  int32_t id = self->kind->holder ? self->kind->holder(self->object) : 0;
  lw_thread_number number = lw_control_thread_of(id);
  return number == 0 && id != 0 && has_ended(id) ? LW_THREAD_ENDED : number;
}

bool lw_posix_sleep_(lw_posix_waiter *waiter, lw_time deadline, bool may_wake) {
  lw_awaited awaited = {.kind = waiter->kind->name,
                        .shown = (uint64_t)(uintptr_t)waiter->object,
                        .by_anyone = !waiter->kind->is_held_alone && holder(waiter) == 0,
                        .relation = "held by",
                        .thread = holder,
                        .object = waiter};
  if (lw_posix_caller_) lw_here_before(lw_posix_caller_);
  lw_awaits(&awaited);
  bool woken = may_wake ? lw_park(waiter->object, deadline) == LW_PARK_UNPARKED
                        : lw_park_until(&waiter->woken, waiter->object, deadline);
  lw_awaits(NULL);
  lw_posix_withdraw_(waiter);
  return woken || atomic_load(&waiter->woken);
}

/// Whether a living thread that nobody controls has it, who may just be taking it.
static bool is_strangers(const lw_posix_kind *kind, const void *object) {
  if (!kind->take) return false;
  int32_t id = kind->holder(object);
  if (id == 0) return kind->is_held_alone;
  return lw_control_thread_of(id) == 0 && !lw_control_has_left_behind(id) && !has_ended(id);
}

/// The time of the real-time clock in `ns` from now.
static struct timespec real_time_in(uint64_t ns) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  uint64_t below_second = (uint64_t)time.tv_nsec + ns % NS_PER_S;
  time.tv_sec += (time_t)(ns / NS_PER_S + below_second / NS_PER_S);
  time.tv_nsec = (long)(below_second % NS_PER_S);
  return time;
}

/// Waits for such a thread in the system. Most have it for a moment only; as long as another one takes, others go on.
static int take_from_stranger(const lw_posix_kind *kind, void *object, lw_time deadline) {
  lw_time now = lw_clock_now();
  uint64_t ns = deadline == LW_NEVER ? UINT64_MAX : deadline > now ? deadline - now : 0;
  struct timespec time = real_time_in(ns < SHORTLY_NS ? ns : SHORTLY_NS);
  int answer = kind->take(object, &time);
  if (answer != ETIMEDOUT || ns <= SHORTLY_NS) return answer;
  if (ns != UINT64_MAX) time = real_time_in(ns - SHORTLY_NS);
  lw_outside_begin();
  answer = kind->take(object, ns == UINT64_MAX ? NULL : &time);
  lw_outside_end();
  return answer;
}

int lw_posix_acquire_(const lw_posix_kind *kind, void *object, lw_time deadline) {
  for (;;) {
    lw_posix_uses_(object);
    int answer = kind->attempt(object);
    if (answer != kind->busy) return answer;
    if (is_strangers(kind, object)) return take_from_stranger(kind, object, deadline);
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
