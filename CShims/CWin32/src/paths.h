// Windows' names of files and the system's. Drives C: and Z: are the system's root, both separators are taken, and a
// name matches in any case when it does not match exactly.
#pragma once

#include <stdbool.h>

#include "minwindef.h"

#pragma clang assume_nonnull begin

enum { LW_PATH_BYTES = 4096 };

/// Translates a name into a path of the system. ERROR_SUCCESS, or why it is none: ERROR_PATH_NOT_FOUND (NULL, empty, no
/// such drive), ERROR_INVALID_NAME, ERROR_BAD_NETPATH, ERROR_FILENAME_EXCED_RANGE.
DWORD lw_path_(LPCSTR _Nullable name, char path[_Nonnull LW_PATH_BYTES]);
/// The same for a wide name.
DWORD lw_path_wide_(LPCWSTR _Nullable name, char path[_Nonnull LW_PATH_BYTES]);
/// Writes a path of the system as Windows would name it; an absolute one begins with "C:\". False where it does not
/// fit.
bool lw_path_name_(const char *path, char *name, size_t capacity);
/// The Win32 code of a failed system call that took `path`: like lw_error_of_errno_, but a missing folder on the way is
/// ERROR_PATH_NOT_FOUND.
DWORD lw_path_error_(int number, const char *path);

/// Hands out a text as GetTempPath and its like do: copies it with its terminator and returns its length, or returns
/// the size it needs when `size` is too small.
DWORD lw_hand_out_(const char *text, LPSTR _Nullable to, DWORD size);
DWORD lw_hand_out_wide_(const char *text, LPWSTR _Nullable to, DWORD size);

#pragma clang assume_nonnull end
