// <sys/time.h> with the time of controlled executions.
#pragma once

#include_next <sys/time.h>

#include "../lw_posix.h"

LW_POSIX(gettimeofday)
