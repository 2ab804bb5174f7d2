// <sched.h> with yielding under control.
#pragma once

#include_next <sched.h>

#include "lw_posix.h"

LW_POSIX(sched_yield)
