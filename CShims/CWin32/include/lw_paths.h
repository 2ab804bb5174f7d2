// Windows' names of files as paths of the system, for what stands above this layer.
#pragma once

#include "minwindef.h"

#pragma clang assume_nonnull begin

enum { LW_PATH_BYTES = 4096 };

/// Translates a name into a path of the system: drives C: and Z: are its root, both separators are taken, and a name
/// matches in any case when it does not match exactly. ERROR_SUCCESS, or why it is none: ERROR_PATH_NOT_FOUND (NULL,
/// empty, no such drive), ERROR_INVALID_NAME, ERROR_BAD_NETPATH, ERROR_FILENAME_EXCED_RANGE.
DWORD lw_path_(LPCSTR _Nullable name, char path[_Nonnull LW_PATH_BYTES]);
/// The same for a wide name.
DWORD lw_path_wide_(LPCWSTR _Nullable name, char path[_Nonnull LW_PATH_BYTES]);

#pragma clang assume_nonnull end
