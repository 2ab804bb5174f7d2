// Mutexes, spin locks and read-write locks of programs that `tools/cc` builds. The C library's own lock says who holds
// it; under control it is only tried, and whoever cannot have it waits where the controller sees it.
#include <errno.h>
#include <pthread.h>

#include "posix_waiting.h"

/// In which order a program's threads take its locks is its behaviour: two that take two of them in different orders
/// may both have one when they want the other.
static int acquire(void *lock, int (*attempt)(void *lock), int busy, lw_time deadline) {
  lw_point(LW_POINT_LOCK, lock, LW_ACCESS_WRITE);
  return lw_posix_acquire_(lock, attempt, busy, deadline);
}

// -------------------------------------------------------------------------------------------------------- mutexes

/// The timed form, because it tells a relock by the holder (EDEADLK) where the kind of the mutex asks for that.
static int attempt_mutex(void *mutex) {
  static const struct timespec past = {.tv_sec = 0, .tv_nsec = 0};
  return pthread_mutex_timedlock(mutex, &past);
}

int lw_posix_pthread_mutex_lock(pthread_mutex_t *mutex) {
  if (!lw_control_is_member()) return pthread_mutex_lock(mutex);
  return acquire(mutex, attempt_mutex, ETIMEDOUT, LW_NEVER);
}

int lw_posix_pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_mutex_timedlock(mutex, time);
  lw_time deadline;
  if (!lw_posix_deadline_(time, &deadline)) return EINVAL;
  return acquire(mutex, attempt_mutex, ETIMEDOUT, deadline);
}

int lw_posix_pthread_mutex_trylock(pthread_mutex_t *mutex) {
  lw_touch(mutex, LW_ACCESS_WRITE);
  return pthread_mutex_trylock(mutex);
}

int lw_posix_pthread_mutex_unlock(pthread_mutex_t *mutex) {
  int failed = pthread_mutex_unlock(mutex);
  if (failed == 0) lw_posix_released_(mutex);
  return failed;
}

// ----------------------------------------------------------------------------------------------------- spin locks

static int attempt_spin(void *spin) { return pthread_spin_trylock(spin); }

int lw_posix_pthread_spin_lock(pthread_spinlock_t *spin) {
  if (!lw_control_is_member()) return pthread_spin_lock(spin);
  return acquire((void *)spin, attempt_spin, EBUSY, LW_NEVER);
}

int lw_posix_pthread_spin_trylock(pthread_spinlock_t *spin) {
  lw_touch((const void *)spin, LW_ACCESS_WRITE);
  return pthread_spin_trylock(spin);
}

int lw_posix_pthread_spin_unlock(pthread_spinlock_t *spin) {
  int failed = pthread_spin_unlock(spin);
  if (failed == 0) lw_posix_released_((const void *)spin);
  return failed;
}

// ------------------------------------------------------------------------------------------------ read-write locks

static int attempt_read(void *lock) { return pthread_rwlock_tryrdlock(lock); }
static int attempt_write(void *lock) { return pthread_rwlock_trywrlock(lock); }

int lw_posix_pthread_rwlock_rdlock(pthread_rwlock_t *lock) {
  if (!lw_control_is_member()) return pthread_rwlock_rdlock(lock);
  return acquire(lock, attempt_read, EBUSY, LW_NEVER);
}

int lw_posix_pthread_rwlock_wrlock(pthread_rwlock_t *lock) {
  if (!lw_control_is_member()) return pthread_rwlock_wrlock(lock);
  return acquire(lock, attempt_write, EBUSY, LW_NEVER);
}

int lw_posix_pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_rwlock_timedrdlock(lock, time);
  lw_time deadline;
  if (!lw_posix_deadline_(time, &deadline)) return EINVAL;
  return acquire(lock, attempt_read, EBUSY, deadline);
}

int lw_posix_pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_rwlock_timedwrlock(lock, time);
  lw_time deadline;
  if (!lw_posix_deadline_(time, &deadline)) return EINVAL;
  return acquire(lock, attempt_write, EBUSY, deadline);
}

int lw_posix_pthread_rwlock_tryrdlock(pthread_rwlock_t *lock) {
  lw_touch(lock, LW_ACCESS_WRITE);
  return pthread_rwlock_tryrdlock(lock);
}

int lw_posix_pthread_rwlock_trywrlock(pthread_rwlock_t *lock) {
  lw_touch(lock, LW_ACCESS_WRITE);
  return pthread_rwlock_trywrlock(lock);
}

int lw_posix_pthread_rwlock_unlock(pthread_rwlock_t *lock) {
  int failed = pthread_rwlock_unlock(lock);
  if (failed == 0) lw_posix_released_(lock);
  return failed;
}
