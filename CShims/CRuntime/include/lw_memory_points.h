// Whether accesses to memory are scheduling points in this program: those of code that was built for it are
// (src/memory_points.c).
#pragma once

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// Whether the program has code whose loads, stores and atomic operations are scheduling points: C of `tools/cc`, or
/// Swift of a target with `-Xfrontend -sanitize=thread`.
bool lw_has_memory_points(void);

#pragma clang assume_nonnull end
