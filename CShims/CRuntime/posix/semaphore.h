// <semaphore.h> with waiting and posting under control.
#pragma once

#include_next <semaphore.h>

#include "lw_posix.h"

LW_POSIX(sem_wait)
LW_POSIX(sem_trywait)
LW_POSIX(sem_timedwait)
LW_POSIX(sem_clockwait)
LW_POSIX(sem_post)
