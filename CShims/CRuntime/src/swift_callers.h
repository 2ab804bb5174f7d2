// Who calls what swift_calls.c serves: the program, or a library for itself.
#pragma once

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// Whether `return_address` is in the program, or in a library that was linked into it.
bool lw_is_program_(const void *return_address);

/// A call of a bound thread, from its beginning to its end.
typedef struct lw_call {
  bool is_programs; ///< the program's own business, or that of a lock of Foundation which it uses
  bool was_muted;
  const void *_Nullable place; ///< where the program made it; NULL when that is not near
  const void *_Nullable place_before;
} lw_call;

/// Looks at a call that returns to `return_address`, from the frame `frame`.
void lw_call_look_(lw_call *call, const void *return_address, const void *frame);
/// Notes where the program made it. One that a library makes for itself passes no point, until the end.
void lw_call_begin_(lw_call *call);
void lw_call_end_(const lw_call *call);

#pragma clang assume_nonnull end
