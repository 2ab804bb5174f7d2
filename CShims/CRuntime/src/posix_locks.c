// Mutexes, spin locks and read-write locks of programs that `tools/cc` builds. The C library's own lock says who holds
// it; under control it is only tried, and whoever cannot have it waits where the controller sees it.
#include <errno.h>
#include <pthread.h>

#include "posix_waiting.h"

/// In which order a program's threads take its locks is its behaviour: two that take two of them in different orders
/// may both have one when they want the other.
static int acquire(const lw_posix_kind *kind, void *lock, lw_time deadline) {
  if (lw_posix_caller_) lw_here_before(lw_posix_caller_);
  lw_point(LW_POINT_LOCK, lock, LW_ACCESS_WRITE);
  return lw_posix_acquire_(kind, lock, deadline);
}

// -------------------------------------------------------------------------------------------------------- mutexes

/// The timed form, because it tells a relock by the holder (EDEADLK) where the kind of the mutex asks for that.
static int attempt_mutex(void *mutex) {
  static const struct timespec past = {.tv_sec = 0, .tv_nsec = 0};
  return pthread_mutex_timedlock(mutex, &past);
}

/// The C library keeps it there for its own sake, and has since mutexes came to be futexes.
LW_LOOKS_AT_THE_STILL static int32_t holder_of_mutex(const void *mutex) {
  return ((const pthread_mutex_t *)mutex)->__data.__owner;
}

static int take_mutex(void *mutex, const struct timespec *_Nullable time) {
  return time ? pthread_mutex_timedlock(mutex, time) : pthread_mutex_lock(mutex);
}

static const lw_posix_kind mutex_kind = {"mutex", attempt_mutex, ETIMEDOUT, holder_of_mutex, true, take_mutex};

int lw_posix_pthread_mutex_lock(pthread_mutex_t *mutex) {
  if (!lw_control_is_member()) return pthread_mutex_lock(mutex);
  return acquire(&mutex_kind, mutex, LW_NEVER);
}

int lw_posix_pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_mutex_timedlock(mutex, time);
  lw_time deadline;
  if (!lw_posix_deadline_(time, &deadline)) return EINVAL;
  return acquire(&mutex_kind, mutex, deadline);
}

int lw_posix_pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_mutex_clocklock(mutex, clock, time);
  return lw_posix_pthread_mutex_timedlock(mutex, time);
}

int lw_posix_pthread_mutex_trylock(pthread_mutex_t *mutex) {
  lw_touch(mutex, LW_ACCESS_WRITE);
  lw_posix_uses_(mutex);
  return pthread_mutex_trylock(mutex);
}

int lw_posix_pthread_mutex_unlock(pthread_mutex_t *mutex) {
  lw_posix_uses_(mutex);
  int failed = pthread_mutex_unlock(mutex);
  if (failed == 0) lw_posix_released_(mutex);
  return failed;
}

// ----------------------------------------------------------------------------------------------------- spin locks

static int attempt_spin(void *spin) { return pthread_spin_trylock(spin); }
static const lw_posix_kind spin_kind = {.name = "spin lock", .attempt = attempt_spin, .busy = EBUSY};

int lw_posix_pthread_spin_lock(pthread_spinlock_t *spin) {
  if (!lw_control_is_member()) return pthread_spin_lock(spin);
  return acquire(&spin_kind, (void *)spin, LW_NEVER);
}

int lw_posix_pthread_spin_trylock(pthread_spinlock_t *spin) {
  lw_touch((const void *)spin, LW_ACCESS_WRITE);
  lw_posix_uses_((const void *)spin);
  return pthread_spin_trylock(spin);
}

int lw_posix_pthread_spin_unlock(pthread_spinlock_t *spin) {
  lw_posix_uses_((const void *)spin);
  int failed = pthread_spin_unlock(spin);
  if (failed == 0) lw_posix_released_((const void *)spin);
  return failed;
}

// ------------------------------------------------------------------------------------------------ read-write locks

static int attempt_read(void *lock) { return pthread_rwlock_tryrdlock(lock); }
static int attempt_write(void *lock) { return pthread_rwlock_trywrlock(lock); }
/// Of its readers the C library knows how many they are.
LW_LOOKS_AT_THE_STILL static int32_t writer_of(const void *lock) {
  return ((const pthread_rwlock_t *)lock)->__data.__cur_writer;
}
static int take_to_read(void *lock, const struct timespec *_Nullable time) {
  return time ? pthread_rwlock_timedrdlock(lock, time) : pthread_rwlock_rdlock(lock);
}
static int take_to_write(void *lock, const struct timespec *_Nullable time) {
  return time ? pthread_rwlock_timedwrlock(lock, time) : pthread_rwlock_wrlock(lock);
}
static const lw_posix_kind read_kind = {"read-write lock", attempt_read, EBUSY, writer_of, false, take_to_read};
static const lw_posix_kind write_kind = {"read-write lock", attempt_write, EBUSY, writer_of, false, take_to_write};

int lw_posix_pthread_rwlock_rdlock(pthread_rwlock_t *lock) {
  if (!lw_control_is_member()) return pthread_rwlock_rdlock(lock);
  return acquire(&read_kind, lock, LW_NEVER);
}

int lw_posix_pthread_rwlock_wrlock(pthread_rwlock_t *lock) {
  if (!lw_control_is_member()) return pthread_rwlock_wrlock(lock);
  return acquire(&write_kind, lock, LW_NEVER);
}

int lw_posix_pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_rwlock_timedrdlock(lock, time);
  lw_time deadline;
  if (!lw_posix_deadline_(time, &deadline)) return EINVAL;
  return acquire(&read_kind, lock, deadline);
}

int lw_posix_pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_rwlock_timedwrlock(lock, time);
  lw_time deadline;
  if (!lw_posix_deadline_(time, &deadline)) return EINVAL;
  return acquire(&write_kind, lock, deadline);
}

int lw_posix_pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, clockid_t clock, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_rwlock_clockrdlock(lock, clock, time);
  return lw_posix_pthread_rwlock_timedrdlock(lock, time);
}

int lw_posix_pthread_rwlock_tryrdlock(pthread_rwlock_t *lock) {
  lw_touch(lock, LW_ACCESS_WRITE);
  lw_posix_uses_(lock);
  return pthread_rwlock_tryrdlock(lock);
}

int lw_posix_pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock, const struct timespec *time) {
  if (!lw_control_is_member()) return pthread_rwlock_clockwrlock(lock, clock, time);
  return lw_posix_pthread_rwlock_timedwrlock(lock, time);
}

int lw_posix_pthread_rwlock_trywrlock(pthread_rwlock_t *lock) {
  lw_touch(lock, LW_ACCESS_WRITE);
  lw_posix_uses_(lock);
  return pthread_rwlock_trywrlock(lock);
}

int lw_posix_pthread_rwlock_unlock(pthread_rwlock_t *lock) {
  lw_posix_uses_(lock);
  int failed = pthread_rwlock_unlock(lock);
  if (failed == 0) lw_posix_released_(lock);
  return failed;
}
