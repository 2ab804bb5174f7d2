// clock for Windows programs, for which it is the time that passes.
#include <stdatomic.h>
#include <time.h>

#include "sysinfoapi.h"

// A program's headers declare this under its standard name.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

clock_t lw_llp64_clock(void) {
  static _Atomic ULONGLONG first;
  ULONGLONG now = GetTickCount64(), begun = 0;
  if (atomic_compare_exchange_strong(&first, &begun, now)) begun = now;
  return (clock_t)(now - begun);
}
