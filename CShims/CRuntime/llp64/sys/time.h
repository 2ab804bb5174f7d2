// <sys/time.h> for Windows programs: mingw's `gettimeofday`, with Winsock's `struct timeval`.
#pragma once

#include "../lw_llp64.h"

#ifndef LW_HAS_TIMEVAL // <winsock2.h> may have it already
#define LW_HAS_TIMEVAL
typedef struct timeval {
  int tv_sec;
  int tv_usec;
} TIMEVAL, *PTIMEVAL, *LPTIMEVAL;
#endif

/// The time of day; always 0.
extern int gettimeofday(struct timeval *now, void *zone) LW_LLP64(gettimeofday);
