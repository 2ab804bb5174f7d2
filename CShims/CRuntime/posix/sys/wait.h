// <sys/wait.h> with waiting for children under control: as long as a child takes others go on.
#pragma once

#include_next <sys/wait.h>

#include "../lw_posix.h"

LW_POSIX(wait)
LW_POSIX(waitpid)
