// Memory for calls that come before the arena is there, or from inside it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/// Zeroed memory that is never given back, aligned to `alignment` (a power of two). Ends the program when it runs out.
void *lw_early_allocate_(size_t bytes, size_t alignment);
/// Whether `address` came from `lw_early_allocate_`.
bool lw_early_owns_(const void *address);
/// How many bytes were asked for at `address`, which it owns.
size_t lw_early_bytes_(const void *address);

#pragma clang assume_nonnull end
