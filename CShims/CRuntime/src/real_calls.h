// The C library's calls that wait, let others go on, or tell the time, where the same names in this program are ours
// (swift_calls.c): what is called by one of them here has the symbol `lw_real_name`, which passes it on.
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#pragma clang assume_nonnull begin

/// Each as X(result, name, parameters, arguments): those that may wait;
#define LW_CALLS_THAT_WAIT(X)                                                                                          \
  X(int, pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))                                                       \
  X(int, pthread_mutex_timedlock, (pthread_mutex_t * mutex, const struct timespec *time), (mutex, time))               \
  X(int, pthread_mutex_clocklock, (pthread_mutex_t * mutex, clockid_t clock, const struct timespec *time),             \
    (mutex, clock, time))                                                                                              \
  X(int, pthread_spin_lock, (pthread_spinlock_t * spin), (spin))                                                       \
  X(int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))                                                     \
  X(int, pthread_rwlock_timedrdlock, (pthread_rwlock_t * lock, const struct timespec *time), (lock, time))             \
  X(int, pthread_rwlock_clockrdlock, (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *time),          \
    (lock, clock, time))                                                                                               \
  X(int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))                                                     \
  X(int, pthread_rwlock_timedwrlock, (pthread_rwlock_t * lock, const struct timespec *time), (lock, time))             \
  X(int, pthread_rwlock_clockwrlock, (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *time),          \
    (lock, clock, time))                                                                                               \
  X(int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t * mutex), (condition, mutex))                 \
  X(int, pthread_cond_timedwait, (pthread_cond_t * condition, pthread_mutex_t * mutex, const struct timespec *time),   \
    (condition, mutex, time))                                                                                          \
  X(int, pthread_cond_clockwait,                                                                                       \
    (pthread_cond_t * condition, pthread_mutex_t * mutex, clockid_t clock, const struct timespec *time),               \
    (condition, mutex, clock, time))                                                                                   \
  X(int, pthread_barrier_wait, (pthread_barrier_t * barrier), (barrier))                                               \
  X(int, sem_wait, (sem_t * semaphore), (semaphore))                                                                   \
  X(int, sem_timedwait, (sem_t * semaphore, const struct timespec *time), (semaphore, time))                           \
  X(int, sem_clockwait, (sem_t * semaphore, clockid_t clock, const struct timespec *time), (semaphore, clock, time))   \
  X(int, nanosleep, (const struct timespec *time, struct timespec *_Nullable left), (time, left))                      \
  X(int, usleep, (useconds_t us), (us))                                                                                \
  X(unsigned, sleep, (unsigned seconds), (seconds))

/// those that try;
#define LW_CALLS_THAT_TRY(X)                                                                                           \
  X(int, pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))                                                    \
  X(int, pthread_spin_trylock, (pthread_spinlock_t * spin), (spin))                                                    \
  X(int, pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock), (lock))                                                  \
  X(int, pthread_rwlock_trywrlock, (pthread_rwlock_t * lock), (lock))                                                  \
  X(int, sem_trywait, (sem_t * semaphore), (semaphore))

/// those that release what others may wait for;
#define LW_CALLS_THAT_RELEASE(X)                                                                                       \
  X(int, pthread_mutex_unlock, (pthread_mutex_t * object), (object))                                                   \
  X(int, pthread_spin_unlock, (pthread_spinlock_t * object), (object))                                                 \
  X(int, pthread_rwlock_unlock, (pthread_rwlock_t * object), (object))                                                 \
  X(int, sem_post, (sem_t * object), (object))

/// those that signal a condition;
#define LW_CALLS_THAT_SIGNAL(X)                                                                                        \
  X(int, pthread_cond_signal, (pthread_cond_t * object), (object))                                                     \
  X(int, pthread_cond_broadcast, (pthread_cond_t * object), (object))

/// those of an object whose state nobody else tells;
#define LW_CALLS_OF_BARRIERS(X)                                                                                        \
  X(int, pthread_barrier_init,                                                                                         \
    (pthread_barrier_t * barrier, const pthread_barrierattr_t *_Nullable attributes, unsigned count),                  \
    (barrier, attributes, count))                                                                                      \
  X(int, pthread_barrier_destroy, (pthread_barrier_t * barrier), (barrier))

/// and those that tell the time.
#define LW_CALLS_THAT_TELL_TIME(X)                                                                                     \
  X(int, clock_gettime, (clockid_t clock, struct timespec * time), (clock, time))                                      \
  X(int, timespec_get, (struct timespec * time, int base), (time, base))                                               \
  X(int, gettimeofday, (struct timeval *_Nullable time, void *_Nullable zone), (time, zone))                           \
  X(time_t, time, (time_t *_Nullable result), (result))

#define LW_REAL_CALLS(X)                                                                                               \
  LW_CALLS_THAT_WAIT(X)                                                                                                \
  LW_CALLS_THAT_TRY(X)                                                                                                 \
  LW_CALLS_THAT_RELEASE(X)                                                                                             \
  LW_CALLS_THAT_SIGNAL(X)                                                                                              \
  LW_CALLS_OF_BARRIERS(X)                                                                                              \
  LW_CALLS_THAT_TELL_TIME(X)

#ifdef LW_SERVES_SWIFT
#define LW_PRAGMA_(text) _Pragma(#text)
#define LW_RENAME_(result, name, parameters, arguments) LW_PRAGMA_(redefine_extname name lw_real_##name)
LW_REAL_CALLS(LW_RENAME_)
#endif

#pragma clang assume_nonnull end
