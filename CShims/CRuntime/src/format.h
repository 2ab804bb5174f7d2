// Formatted output as Microsoft's C run time does it: `long` has 32 bits, I64 and I32 are sizes, and wide strings are
// UTF-16.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#pragma clang assume_nonnull begin

/// Where formatted text goes: a stream (as UTF-8), or a buffer of bytes, or one of UTF-16 units. Of a buffer `limit`
/// counts what may be stored, without a terminator; `count` is what the whole text would need.
typedef struct lw_text_sink {
  FILE *_Nullable stream;
  char *_Nullable bytes;
  uint16_t *_Nullable units;
  size_t limit;
  size_t count;
  bool is_wide;          ///< `count` and `limit` are units
  bool has_wide_strings; ///< %s means a wide string and %S a narrow one, not the other way about
} lw_text_sink;

/// Formats into `sink`. Returns its count, or -1 when the stream fails. `format` is UTF-8.
int lw_format_(lw_text_sink *sink, const char *format, va_list arguments);
/// The same for a UTF-16 format.
int lw_format_wide_(lw_text_sink *sink, const uint16_t *format, va_list arguments);

#pragma clang assume_nonnull end
