// <threads.h> of C11 in programs that `tools/cc` builds: threads are those of posix_threads.c, as in the C library, and
// whoever waits for a mutex or at a condition does it where the controller sees it. A free run passes the calls on.
#include <errno.h>
#include <pthread.h>
#include <threads.h>

#include "posix_waiting.h"

int lw_posix_pthread_create(pthread_t *handle, const pthread_attr_t *_Nullable attributes, void *(*start)(void *),
                            void *context);
int lw_posix_pthread_join(pthread_t handle, void **result);
int lw_posix_pthread_detach(pthread_t handle);
int lw_posix_nanosleep(const struct timespec *time, struct timespec *_Nullable left);
int lw_posix_sched_yield(void);

_Static_assert(__builtin_types_compatible_p(thrd_t, pthread_t), "a thread of C11 is one of POSIX");

/// An error of POSIX as C11 has it.
static int as_c11(int failed) {
  switch (failed) {
  case 0:
    return thrd_success;
  case EBUSY:
    return thrd_busy;
  case ENOMEM:
    return thrd_nomem;
  case ETIMEDOUT:
    return thrd_timedout;
  default:
    return thrd_error;
  }
}

// -------------------------------------------------------------------------------------------------------- threads

/// What a new thread does.
typedef struct beginning {
  thrd_start_t start;
  void *context;
} beginning;

static lw_pool pool = LW_POOL(beginning);

static void *begin(void *context) {
  beginning own = *(beginning *)context;
  lw_pool_give(&pool, context);
  return (void *)(intptr_t)own.start(own.context);
}

int lw_posix_thrd_create(thrd_t *handle, thrd_start_t start, void *context) {
  if (!lw_control_is_member()) return thrd_create(handle, start, context);
  beginning *own = lw_pool_take(&pool);
  if (!own) return thrd_nomem;
  *own = (beginning){.start = start, .context = context};
  int failed = lw_posix_pthread_create(handle, NULL, begin, own);
  if (failed != 0) lw_pool_give(&pool, own);
  return as_c11(failed);
}

int lw_posix_thrd_join(thrd_t handle, int *_Nullable result) {
  void *ended_with;
  int failed = lw_posix_pthread_join(handle, &ended_with);
  if (failed == 0 && result) *result = (int)(intptr_t)ended_with;
  return as_c11(failed);
}

int lw_posix_thrd_detach(thrd_t handle) { return as_c11(lw_posix_pthread_detach(handle)); }

int lw_posix_thrd_sleep(const struct timespec *time, struct timespec *_Nullable left) {
  if (!lw_control_is_member()) return thrd_sleep(time, left);
  return lw_posix_nanosleep(time, left) == 0 ? 0 : -2;
}

void lw_posix_thrd_yield(void) { lw_posix_sched_yield(); }

// -------------------------------------------------------------------------------------------------------- mutexes

static int attempt_mutex(void *mutex) { return mtx_trylock(mutex); }
/// A mutex of POSIX by another name, in this C library.
LW_LOOKS_AT_THE_STILL static int32_t holder_of_mutex(const void *mutex) {
  return ((const pthread_mutex_t *)mutex)->__data.__owner;
}
static const lw_posix_kind mutex_kind = {
    .name = "mutex", .attempt = attempt_mutex, .busy = thrd_busy, .holder = holder_of_mutex, .is_held_alone = true};

static int acquire(mtx_t *mutex, lw_time deadline) {
  lw_point(LW_POINT_LOCK, mutex, LW_ACCESS_WRITE);
  int answer = lw_posix_acquire_(&mutex_kind, mutex, deadline);
  return answer == ETIMEDOUT ? thrd_timedout : answer;
}

int lw_posix_mtx_lock(mtx_t *mutex) { return lw_control_is_member() ? acquire(mutex, LW_NEVER) : mtx_lock(mutex); }

int lw_posix_mtx_timedlock(mtx_t *mutex, const struct timespec *time) {
  if (!lw_control_is_member()) return mtx_timedlock(mutex, time);
  lw_time deadline;
  return lw_posix_deadline_(time, &deadline) ? acquire(mutex, deadline) : thrd_error;
}

int lw_posix_mtx_trylock(mtx_t *mutex) {
  lw_touch(mutex, LW_ACCESS_WRITE);
  lw_posix_uses_(mutex);
  return mtx_trylock(mutex);
}

int lw_posix_mtx_unlock(mtx_t *mutex) {
  lw_posix_uses_(mutex);
  int failed = mtx_unlock(mutex);
  if (failed == thrd_success) lw_posix_released_(mutex);
  return failed;
}

// ----------------------------------------------------------------------------------------------------- conditions

static int unlock(void *mutex) { return lw_posix_mtx_unlock(mutex); }
static int lock(void *mutex) { return lw_posix_mtx_lock(mutex); }

static int wait_at(cnd_t *condition, mtx_t *mutex, lw_time deadline) {
  int answer = lw_posix_wait_at_(condition, mutex, unlock, lock, deadline);
  return answer == ETIMEDOUT ? thrd_timedout : answer;
}

int lw_posix_cnd_wait(cnd_t *condition, mtx_t *mutex) {
  return lw_control_is_member() ? wait_at(condition, mutex, LW_NEVER) : cnd_wait(condition, mutex);
}

int lw_posix_cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *time) {
  if (!lw_control_is_member()) return cnd_timedwait(condition, mutex, time);
  lw_time deadline;
  return lw_posix_deadline_(time, &deadline) ? wait_at(condition, mutex, deadline) : thrd_error;
}

/// Threads that nobody controls wait in the C library, which would loop for ever in what is no condition any more.
int lw_posix_cnd_signal(cnd_t *condition) {
  lw_point(LW_POINT_SIGNAL, condition, LW_ACCESS_WRITE);
  if (!lw_posix_uses_(condition)) return thrd_error;
  return lw_control_is_on() && lw_posix_wake_(condition, 1) != 0 ? thrd_success : cnd_signal(condition);
}

int lw_posix_cnd_broadcast(cnd_t *condition) {
  lw_point(LW_POINT_SIGNAL, condition, LW_ACCESS_WRITE);
  if (!lw_posix_uses_(condition)) return thrd_error;
  if (lw_control_is_on()) lw_posix_wake_(condition, UINT32_MAX);
  return cnd_broadcast(condition);
}
