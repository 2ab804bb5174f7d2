// Which library a module handle stands for.
#pragma once

#include "libloaderapi.h"

#pragma clang assume_nonnull begin

typedef enum lw_library {
  LW_LIBRARY_NONE,    ///< no module
  LW_LIBRARY_PROGRAM, ///< which exports nothing
  LW_LIBRARY_KERNEL,
  LW_LIBRARY_SOCKETS,
  LW_LIBRARY_OTHER
} lw_library;
lw_library lw_library_of_(HMODULE _Nullable module);

#pragma clang assume_nonnull end
