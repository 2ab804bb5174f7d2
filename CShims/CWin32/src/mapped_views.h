// What others need of the views of file mappings.
#pragma once

#include <stdbool.h>

#include "memoryapi.h"

#pragma clang assume_nonnull begin

/// VirtualQuery for an address in a view; false when it is in none.
bool lw_view_query_(const void *_Nullable address, MEMORY_BASIC_INFORMATION *information);

#pragma clang assume_nonnull end
