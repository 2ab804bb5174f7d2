// <unistd.h> for Windows programs: what mingw's has. libc's own cannot stand beside Winsock, whose `gethostname` and
// `socklen_t` it declares otherwise.
#pragma once

#include <direct.h>
#include <io.h>
#include <process.h>

#include "../posix/lw_posix.h"

LW_POSIX(sleep)
LW_POSIX(usleep)
typedef unsigned lw_sleeping(unsigned seconds);
typedef int lw_short_sleeping(unsigned microseconds);
/// Of the seconds none are left; 0.
extern lw_sleeping sleep;
extern lw_short_sleeping usleep;

int ftruncate(int file, long long bytes) __asm__("ftruncate");
int truncate(const char *name, long long bytes) __asm__("truncate");
