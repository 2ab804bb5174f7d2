// <unistd.h> with sleeping, reading and writing under control.
#pragma once

#include_next <unistd.h>

#include "lw_posix.h"

LW_POSIX(sleep)
LW_POSIX(usleep)
LW_POSIX(read)
LW_POSIX(write)
