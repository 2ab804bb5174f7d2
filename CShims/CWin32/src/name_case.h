// Names of files and pipes are the same in capitals and small letters.
#pragma once

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// A component of a file's name has fewer.
enum { LW_FOLDED_BYTES = 1024 };

/// Makes the capitals of a name in UTF-8 small, in place.
void lw_fold_case_(char *name);
/// Whether two names differ in nothing else; false for a name of LW_FOLDED_BYTES or more.
bool lw_same_but_for_case_(const char *name, const char *other);

#pragma clang assume_nonnull end
