// A message that FormatMessage puts together, and the values that are inserted into it.
#pragma once

#include <stdarg.h>

#include "lw_utf16.h"
#include "minwindef.h"

#pragma clang assume_nonnull begin

enum {
  LW_MESSAGE_CHARACTERS = 32767, ///< of a result; one more and Windows refuses as well
  LW_MESSAGE_BYTES = (LW_MESSAGE_CHARACTERS + 1) * LW_UTF8_BYTES_OF_UNIT,
  LW_MESSAGE_INSERTS = 99,
  LW_MESSAGE_STARS = 2 ///< width and precision of one insert
};

/// One call at work.
typedef struct lw_message {
  DWORD flags;
  bool is_wide; ///< inserts are wide unless their format says otherwise
  DWORD error;  ///< ERROR_SUCCESS so far
  const DWORD_PTR *_Nullable array;
  va_list *_Nullable list;
  DWORD_PTR taken[LW_MESSAGE_INSERTS + LW_MESSAGE_STARS]; ///< from `list`, in order
  size_t taken_count;
  char *text; ///< LW_MESSAGE_BYTES
  size_t bytes;
} lw_message;

/// Appends text.
void lw_message_put_(lw_message *message, const char *text, size_t bytes);
/// Appends the value of an insert; `*at` is behind its %, and behind all of it afterwards.
void lw_message_put_insert_(lw_message *message, const char *_Nonnull *_Nonnull at);

#pragma clang assume_nonnull end
