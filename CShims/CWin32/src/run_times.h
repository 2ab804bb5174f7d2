// When a process or a thread began and ended, and how long it ran.
#pragma once

#include <stdbool.h>
#include <sys/resource.h>

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// Points in time are FILETIMEs; 0: not yet.
typedef struct lw_run_times {
  FILETIME began;
  FILETIME ended;
  struct rusage used; ///< in all, once it has ended
} lw_run_times;

/// Hands times to a caller; false and ERROR_NOACCESS when there is no room for one of them.
bool lw_run_times_hand_out_(const lw_run_times *times, FILETIME *_Nullable began, FILETIME *_Nullable ended,
                            FILETIME *_Nullable kernel, FILETIME *_Nullable user);
/// What a process or, when `thread` is not 0, a thread of this one has used by now, as the system tells; zeros when it
/// does not.
struct rusage lw_run_times_used_(int process, int thread);

#pragma clang assume_nonnull end
