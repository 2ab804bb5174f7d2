// Exit codes of 32 bits, of which the system keeps 8: a child writes the whole of its own into the memory that its
// parent gave it (family.h). A child that is no program of this layer does not, and then 8 bits are all there is.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// What a child that ended with `status` left in its memory; `status` when that is not its beginning.
DWORD lw_exit_code_(int memory, DWORD status);
/// This process is about to end with `code`: leaves it for the parent, if that wants it, and for its family.
void lw_exit_code_leave_(DWORD code);

#pragma clang assume_nonnull end
