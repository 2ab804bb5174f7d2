// Where blocks begin that were asked for with an alignment above the arena's own.
#pragma once

#include "lw_arena.h"

#pragma clang assume_nonnull begin

/// Allocates `bytes` at a multiple of `alignment`, a power of two above 64. NULL when the arena is full.
void *_Nullable lw_aligned_allocate_(lw_arena *arena, size_t bytes, size_t alignment);
/// The start of the block that was handed out as `address`: `address` itself, except for aligned allocations.
void *lw_aligned_start_(lw_arena *arena, void *address);

#pragma clang assume_nonnull end
