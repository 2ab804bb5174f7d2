// <poll.h> with its waiting under control.
#pragma once

#include_next <poll.h>

#include "lw_posix.h"

LW_POSIX(poll)
