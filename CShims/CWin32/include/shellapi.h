// The one function of the shell that programs without windows use.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// Splits a command line into arguments by the rules of Microsoft's C run time; an empty one is the program's path.
/// NULL: ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY. Strings and vector are one block: give it back with
/// `LocalFree`.
LPWSTR _Nullable *_Nullable CommandLineToArgvW(LPCWSTR _Nullable line, int *_Nullable count);

#pragma clang assume_nonnull end
