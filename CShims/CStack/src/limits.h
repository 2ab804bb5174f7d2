// See limits.c.
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// In the executable or loaded with it, so that reading it is no call.
#define LW_TLS_AT_HAND __attribute__((tls_model("initial-exec")))

/// A stack's addresses, low <= x < high; both 0 when unknown. Between any frame on it and `high` all is readable;
/// between `low` and the innermost frame it need not be.
typedef struct lw_stack_limits {
  uintptr_t low;
  uintptr_t high;
  bool of_signals; ///< the alternative stack, on which handlers run
} lw_stack_limits;

static inline bool lw_stack_limits_hold_(const lw_stack_limits *limits, uintptr_t address) {
  return address >= limits->low && address < limits->high;
}

/// Of the calling thread's own stack, once known; the low end of a thread's stack never changes.
extern _Thread_local lw_stack_limits lw_stack_own_limits_ LW_TLS_AT_HAND;

/// The limits of that stack of the calling thread which holds `address`: its own or its signal stack. Unknown for other
/// addresses, so for stacks that neither the C library nor the kernel knows of (coroutines). Async-signal-safe.
lw_stack_limits lw_stack_limits_at_(uintptr_t address);
