// Points in time as fields. Local time is the system's.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// FALSE and ERROR_INVALID_PARAMETER for a time beyond the year 30827 or fields that are none.
BOOL FileTimeToSystemTime(const FILETIME *_Nullable time, SYSTEMTIME *_Nullable fields);
BOOL SystemTimeToFileTime(const SYSTEMTIME *_Nullable fields, FILETIME *_Nullable time);
/// A time of the world as one of this place, with the offset to it that holds now, and back.
BOOL FileTimeToLocalFileTime(const FILETIME *_Nullable time, FILETIME *_Nullable local);
BOOL LocalFileTimeToFileTime(const FILETIME *_Nullable local, FILETIME *_Nullable time);

#pragma clang assume_nonnull end
