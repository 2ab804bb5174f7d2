// Shadows of announced memory, for findings.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

/// The memory that a shadow stands for, and whether it is a thread's stack. The arena has `origins`.
char *lw_origin_of_(const lw_arena *arena, uint32_t number, bool *stack);

#pragma clang assume_nonnull end
