// Handles. A handle is a small multiple of 4; its two low bits are ignored; a closed value is invalid at once and the
// first to be used again (last in, first out), as on Windows.
#pragma once

#include "lw_annotations.h"
#include "minwinbase.h"

#pragma clang assume_nonnull begin

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR) - 1)
/// INVALID_HANDLE_VALUE for Swift, which does not import macros with casts.
static inline HANDLE _Nullable lw_invalid_handle_value(void) { return INVALID_HANDLE_VALUE; }

BOOL lw_close_handle_(HANDLE _Nullable handle);
/// Closes a handle; the object goes when nothing refers to it any more. A port's waiters return with
/// ERROR_ABANDONED_WAIT_0 and its packets are discarded. Closing a handle that a registered wait still waits for is
/// finding LW017. FALSE and ERROR_INVALID_HANDLE for what is not an open handle.
static inline BOOL CloseHandle(HANDLE _Nullable handle) {
  BOOL done = lw_close_handle_(handle);
  LW_KEEP_CALLER_FRAME();
  return done;
}

#pragma clang assume_nonnull end
