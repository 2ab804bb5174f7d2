// Exit codes of 32 bits, of which the system keeps 8: a child writes the whole of its own into memory that its parent
// gave it as a descriptor. A child that is no program of this layer does not, and then 8 bits are all there is.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// The descriptor under which a child finds the memory when it begins.
enum { LW_EXIT_CODE_FD = 3 };

/// The memory, as a descriptor of the parent; -1 when the system has none left. Ended by close().
int lw_exit_code_memory_(void);
/// What a child that ended with `status` left there; `status` when that is not its beginning.
DWORD lw_exit_code_(int memory, DWORD status);
/// This process is about to end with `code`: leaves it for the parent, if that wants it.
void lw_exit_code_leave_(DWORD code);

#pragma clang assume_nonnull end
