// <direct.h> for Windows programs: folders by Microsoft's names.
#pragma once

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

/// 0, or -1 and errno.
extern int _mkdir(const char *name) LW_LLP64(_mkdir);
extern int _rmdir(const char *name) LW_LLP64(_rmdir);

#pragma clang assume_nonnull end
