// <io.h> for Windows programs: files by Microsoft's names.
#pragma once

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

/// 0 when the file is there and (4) can be read, (2) written; -1 and errno otherwise.
extern int _access(const char *name, int mode) LW_LLP64(_access);
/// 0, or -1 and errno.
extern int _unlink(const char *name) LW_LLP64(remove);

#pragma clang assume_nonnull end
