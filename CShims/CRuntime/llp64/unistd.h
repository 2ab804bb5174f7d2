// <unistd.h> for Windows programs: what mingw's has. libc's own cannot stand beside Winsock, whose `gethostname` and
// `socklen_t` it declares otherwise.
#pragma once

#include <direct.h>
#include <io.h>
#include <process.h>

#include "../posix/lw_posix.h"

LW_POSIX(sleep)
LW_POSIX(usleep)
/// Seconds, of which none are left; microseconds, 0.
unsigned sleep(unsigned seconds);
int usleep(unsigned microseconds);

int ftruncate(int file, long long bytes) __asm__("ftruncate");
int truncate(const char *name, long long bytes) __asm__("truncate");
