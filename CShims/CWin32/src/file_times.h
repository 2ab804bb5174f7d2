// Points in time, as the system and as Windows count them.
#pragma once

#include <time.h>

#include "minwinbase.h"

FILETIME lw_filetime_of_(const struct timespec *_Nonnull time);
struct timespec lw_timespec_of_(const FILETIME *_Nonnull time);
