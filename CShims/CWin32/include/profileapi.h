// The fine clock.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// Nanoseconds of the monotonic clock; FALSE only for NULL.
BOOL QueryPerformanceCounter(LARGE_INTEGER *_Nullable counter);
/// 1,000,000,000; FALSE only for NULL.
BOOL QueryPerformanceFrequency(LARGE_INTEGER *_Nullable frequency);

#pragma clang assume_nonnull end
