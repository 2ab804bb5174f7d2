// Windows' names of files and the system's, beside what lw_paths.h has.
#pragma once

#include <stdbool.h>

#include "lw_paths.h"

#pragma clang assume_nonnull begin

/// Writes a path of the system as Windows would name it; an absolute one begins with "C:\". False where it does not
/// fit.
bool lw_path_name_(const char *path, char *name, size_t capacity);
/// The working directory as Windows would name it; false and the last error.
bool lw_own_directory_(char name[_Nonnull LW_PATH_BYTES]);
/// A name made absolute, as GetFullPathName does it; false where it does not fit.
bool lw_full_name_(LPCSTR name, char to[_Nonnull LW_PATH_BYTES]);
/// Whether a name matches a pattern of ? and *, as FindFirstFile has them.
bool lw_name_matches_(const char *name, const char *pattern);
/// The Win32 code of a failed system call that took `path`: like lw_error_of_errno_, but a missing folder on the way is
/// ERROR_PATH_NOT_FOUND.
DWORD lw_path_error_(int number, const char *path);

/// Hands out a text as GetTempPath and its like do: copies it with its terminator and returns its length, or returns
/// the size it needs when `size` is too small.
DWORD lw_hand_out_(const char *text, LPSTR _Nullable to, DWORD size);
DWORD lw_hand_out_wide_(const char *text, LPWSTR _Nullable to, DWORD size);

#pragma clang assume_nonnull end
