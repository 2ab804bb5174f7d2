// <sys/types.h> for Windows programs, whose `u_long` has 32 bits: libc's goes by another name here.
#pragma once

#define u_long lw_host_u_long_
#include_next <sys/types.h>
#undef u_long
