// Points in time as fields. Local time is the system's.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// FALSE and ERROR_INVALID_PARAMETER for a time beyond the year 30827 or fields that are none.
BOOL FileTimeToSystemTime(const FILETIME *_Nullable time, SYSTEMTIME *_Nullable fields);
BOOL SystemTimeToFileTime(const SYSTEMTIME *_Nullable fields, FILETIME *_Nullable time);

#pragma clang assume_nonnull end
