// Condition variables, semaphores and barriers of programs that `tools/cc` builds. Under control a wait at a condition
// or a barrier happens here alone and never in the C library; a semaphore's count stays there.
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#include "posix_waiting.h"

int lw_posix_pthread_mutex_lock(pthread_mutex_t *mutex);
int lw_posix_pthread_mutex_unlock(pthread_mutex_t *mutex);

// ----------------------------------------------------------------------------------------------------- conditions

static int unlock(void *mutex) { return lw_posix_pthread_mutex_unlock(mutex); }
static int lock(void *mutex) { return lw_posix_pthread_mutex_lock(mutex); }

int lw_posix_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  if (!lw_control_is_member()) return pthread_cond_wait(condition, mutex);
  return lw_posix_wait_at_(condition, mutex, unlock, lock, LW_NEVER);
}

int lw_posix_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_cond_timedwait(condition, mutex, time);
  lw_time deadline;
  if (!lw_posix_deadline_(time, &deadline)) return EINVAL;
  return lw_posix_wait_at_(condition, mutex, unlock, lock, deadline);
}

int lw_posix_pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
                                    const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_cond_clockwait(condition, mutex, clock, time);
  return lw_posix_pthread_cond_timedwait(condition, mutex, time);
}

/// Threads that nobody controls wait in the C library, which would loop for ever in what is no condition any more.
int lw_posix_pthread_cond_signal(pthread_cond_t *condition) {
  lw_point(LW_POINT_SIGNAL, condition, LW_ACCESS_WRITE);
  if (!lw_posix_uses_(condition)) return EINVAL;
  return lw_control_is_on() && lw_posix_wake_(condition, 1) != 0 ? 0 : pthread_cond_signal(condition);
}

int lw_posix_pthread_cond_broadcast(pthread_cond_t *condition) {
  lw_point(LW_POINT_SIGNAL, condition, LW_ACCESS_WRITE);
  if (!lw_posix_uses_(condition)) return EINVAL;
  if (lw_control_is_on()) lw_posix_wake_(condition, UINT32_MAX);
  return pthread_cond_broadcast(condition);
}

// ----------------------------------------------------------------------------------------------------- semaphores

static int attempt_decrement(void *semaphore) { return sem_trywait(semaphore) == 0 ? 0 : errno; }
static const lw_posix_kind semaphore_kind = {.name = "semaphore", .attempt = attempt_decrement, .busy = EAGAIN};

static int decrement(sem_t *semaphore, lw_time deadline) {
  int saved = errno, failed = lw_posix_acquire_(&semaphore_kind, semaphore, deadline);
  errno = failed == 0 ? saved : failed;
  return failed == 0 ? 0 : -1;
}

int lw_posix_sem_wait(sem_t *semaphore) {
  return lw_control_is_member() ? decrement(semaphore, LW_NEVER) : sem_wait(semaphore);
}

int lw_posix_sem_timedwait(sem_t *semaphore, const struct timespec *time) {
  if (!lw_control_is_member()) return sem_timedwait(semaphore, time);
  lw_time deadline;
  if (lw_posix_deadline_(time, &deadline)) return decrement(semaphore, deadline);
  errno = EINVAL;
  return -1;
}

int lw_posix_sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *time) {
  if (!lw_control_is_member()) return sem_clockwait(semaphore, clock, time);
  return lw_posix_sem_timedwait(semaphore, time);
}

int lw_posix_sem_trywait(sem_t *semaphore) {
  lw_touch(semaphore, LW_ACCESS_WRITE);
  lw_posix_uses_(semaphore);
  return sem_trywait(semaphore);
}

int lw_posix_sem_post(sem_t *semaphore) {
  lw_point(LW_POINT_SIGNAL, semaphore, LW_ACCESS_WRITE);
  lw_posix_uses_(semaphore);
  int failed = sem_post(semaphore);
  if (failed == 0) lw_posix_released_(semaphore);
  return failed;
}

// ------------------------------------------------------------------------------------------------------- barriers

/// How far a barrier of a controlled program is; the C library's own says nothing without waiting.
typedef struct barrier {
  const pthread_barrier_t *of;
  uint32_t needed;
  uint32_t arrived;
  struct barrier *_Nullable next;
} barrier;

static lw_pool pool = LW_POOL(barrier);
static lw_lock barriers_lock;
static barrier *_Nullable barriers LW_GUARDED_BY(&barriers_lock);

static barrier *_Nullable find(const pthread_barrier_t *of) LW_REQUIRES(&barriers_lock) {
  barrier *at = barriers;
  while (at && at->of != of) at = at->next;
  return at;
}

int lw_posix_pthread_barrier_init(pthread_barrier_t *of, const pthread_barrierattr_t *attributes, unsigned count) {
  int failed = pthread_barrier_init(of, attributes, count);
  if (failed != 0 || !lw_control_is_on()) return failed;
  lw_lock_acquire(&barriers_lock);
  barrier *made = find(of);
  lw_lock_release_quietly(&barriers_lock);
  bool is_new = !made;
  if (is_new) made = lw_pool_take(&pool);
  if (!made) return ENOMEM;
  *made = (barrier){.of = of, .needed = count, .next = made->next};
  if (!is_new) return 0;
  lw_lock_acquire(&barriers_lock);
  made->next = barriers;
  barriers = made;
  lw_lock_release_quietly(&barriers_lock);
  return 0;
}

int lw_posix_pthread_barrier_wait(pthread_barrier_t *of) {
  static const lw_posix_kind kind = {.name = "barrier"};
  lw_posix_waiter waiter;
  bool is_member = lw_control_is_member(), is_last = false;
  if (is_member) lw_posix_enter_(&waiter, &kind, of);
  lw_lock_acquire(&barriers_lock);
  barrier *at = is_member ? find(of) : NULL;
  if (at) is_last = ++at->arrived == at->needed;
  if (is_last) at->arrived = 0;
  lw_lock_release_quietly(&barriers_lock);
  if (is_member && (is_last || !at)) lw_posix_withdraw_(&waiter);
  if (!at) return pthread_barrier_wait(of);
  if (is_last) {
    lw_posix_wake_(of, UINT32_MAX);
    lw_point(LW_POINT_UNLOCKED, NULL, LW_ACCESS_READ);
    return PTHREAD_BARRIER_SERIAL_THREAD;
  }
  lw_posix_sleep_(&waiter, LW_NEVER, false);
  return 0;
}

int lw_posix_pthread_barrier_destroy(pthread_barrier_t *of) {
  lw_lock_acquire(&barriers_lock);
  barrier **at = &barriers;
  while (*at && (*at)->of != of) at = &(*at)->next;
  barrier *gone = *at;
  if (gone) *at = gone->next;
  lw_lock_release_quietly(&barriers_lock);
  if (gone) lw_pool_give(&pool, gone);
  return pthread_barrier_destroy(of);
}
