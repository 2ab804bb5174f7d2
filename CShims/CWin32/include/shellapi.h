// The one function of the shell that programs without windows use.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// Splits a command line into arguments; an empty one is the program's path. Backslashes before quotes are as in
/// Microsoft's C run time; of quotes that follow each other, counted with one that is open, the third is literal and
/// leaves none open.
/// NULL: ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY. Strings and vector are one block: give it back with
/// `LocalFree`.
LPWSTR _Nullable *_Nullable CommandLineToArgvW(LPCWSTR _Nullable line, int *_Nullable count);

#pragma clang assume_nonnull end
