// <inttypes.h> for Windows programs: the 64-bit formats are ll, because l is 32 bits.
#pragma once

#include_next <inttypes.h>

#undef __PRI64_PREFIX
#undef __PRIPTR_PREFIX
#define __PRI64_PREFIX "ll"
#define __PRIPTR_PREFIX "ll"
