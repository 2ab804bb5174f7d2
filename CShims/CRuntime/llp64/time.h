// <time.h> for Windows programs: `clock` counts the milliseconds that have passed, and a few functions go by
// Microsoft's names.
#pragma once

#include_next <time.h>

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

/// Milliseconds since the first call (virtual under control).
extern clock_t clock(void) LW_LLP64(clock);
#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC ((clock_t)1000)

#define localtime_s(fields, time) (localtime_r((time), (fields)) ? 0 : 22)
#define gmtime_s(fields, time) (gmtime_r((time), (fields)) ? 0 : 22)
#define _mkgmtime timegm

#pragma clang assume_nonnull end
