// What STARTUPINFOEX adds to CreateProcess: a list of attributes, of which the handles that the child may inherit are
// there.
#pragma once

#include <stdbool.h>

#include "processthreadsapi.h"

#pragma clang assume_nonnull begin

/// Which of the inheritable handles a child gets.
typedef struct lw_handle_choice {
  const HANDLE _Nullable *_Nullable handles; ///< NULL: all
  SIZE_T count;
} lw_handle_choice;

/// What the list of a program says, which may be NULL. False and the last error for a handle in it that cannot be
/// inherited.
bool lw_handle_choice_(const struct _PROC_THREAD_ATTRIBUTE_LIST *_Nullable list, lw_handle_choice *choice);
bool lw_handle_choice_has_(const lw_handle_choice *choice, HANDLE _Nullable handle);

#pragma clang assume_nonnull end
