// Registered types, for reports.
#pragma once

#include "lw_arena.h"

#pragma clang assume_nonnull begin

typedef struct lw_layout_entry {
  char name[32];
  uint32_t field_count;
  lw_field fields[LW_LAYOUT_FIELDS_MAX];
} lw_layout_entry;

/// NULL for 0 and for numbers that were never given out.
const lw_layout_entry *_Nullable lw_layout_entry_(lw_layout layout);

#pragma clang assume_nonnull end
