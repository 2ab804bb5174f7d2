// <pthread.h> with its threads and everything in it that waits under control.
#pragma once

#include_next <pthread.h>

#include "lw_posix.h"

LW_POSIX(pthread_create)
LW_POSIX(pthread_join)
LW_POSIX(pthread_detach)
LW_POSIX(pthread_once)

LW_POSIX(pthread_mutex_lock)
LW_POSIX(pthread_mutex_trylock)
LW_POSIX(pthread_mutex_timedlock)
LW_POSIX(pthread_mutex_clocklock)
LW_POSIX(pthread_mutex_unlock)
LW_POSIX(pthread_spin_lock)
LW_POSIX(pthread_spin_trylock)
LW_POSIX(pthread_spin_unlock)
LW_POSIX(pthread_rwlock_rdlock)
LW_POSIX(pthread_rwlock_tryrdlock)
LW_POSIX(pthread_rwlock_timedrdlock)
LW_POSIX(pthread_rwlock_clockrdlock)
LW_POSIX(pthread_rwlock_wrlock)
LW_POSIX(pthread_rwlock_trywrlock)
LW_POSIX(pthread_rwlock_timedwrlock)
LW_POSIX(pthread_rwlock_clockwrlock)
LW_POSIX(pthread_rwlock_unlock)

LW_POSIX(pthread_cond_wait)
LW_POSIX(pthread_cond_timedwait)
LW_POSIX(pthread_cond_clockwait)
LW_POSIX(pthread_cond_signal)
LW_POSIX(pthread_cond_broadcast)
LW_POSIX(pthread_barrier_init)
LW_POSIX(pthread_barrier_wait)
LW_POSIX(pthread_barrier_destroy)
