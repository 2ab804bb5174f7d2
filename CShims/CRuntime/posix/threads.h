// <threads.h> with its threads and everything in it that waits under control.
#pragma once

#include_next <threads.h>

#include "lw_posix.h"

LW_POSIX(thrd_create)
LW_POSIX(thrd_join)
LW_POSIX(thrd_detach)
LW_POSIX(thrd_sleep)
LW_POSIX(thrd_yield)

LW_POSIX(mtx_lock)
LW_POSIX(mtx_timedlock)
LW_POSIX(mtx_trylock)
LW_POSIX(mtx_unlock)
LW_POSIX(call_once)

LW_POSIX(cnd_wait)
LW_POSIX(cnd_timedwait)
LW_POSIX(cnd_signal)
LW_POSIX(cnd_broadcast)
