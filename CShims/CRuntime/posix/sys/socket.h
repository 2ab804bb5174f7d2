// <sys/socket.h> with everything in it that waits under control.
#pragma once

#include_next <sys/socket.h>

#include "../lw_posix.h"

LW_POSIX(accept)
LW_POSIX(recv)
LW_POSIX(recvfrom)
LW_POSIX(send)
