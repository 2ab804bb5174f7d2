// <time.h> with the time of controlled executions. Other headers of libc include the original for some of its types, so
// there is no guard against being included again: the original knows what was asked for.
#include_next <time.h>

#include "lw_posix.h"

LW_POSIX(clock_gettime)
LW_POSIX(timespec_get)
LW_POSIX(time)
LW_POSIX(nanosleep)
