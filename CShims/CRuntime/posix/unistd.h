// <unistd.h> with sleeping under control.
#pragma once

#include_next <unistd.h>

#include "lw_posix.h"

LW_POSIX(sleep)
LW_POSIX(usleep)
