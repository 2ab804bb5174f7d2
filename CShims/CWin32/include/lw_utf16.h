// Text between UTF-16, which Windows programs hold in wchar_t, and UTF-8, which everything here prints.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The most UTF-8 bytes that one UTF-16 unit can become.
enum { LW_UTF8_BYTES_OF_UNIT = 3 };

size_t lw_utf16_length_(const uint16_t *text);
/// Writes all of `units` as UTF-8, without a terminator, into `to`, which has room for 3 bytes a unit. Returns the
/// bytes. A lone surrogate becomes U+FFFD.
size_t lw_utf16_to_utf8_(const uint16_t *text, size_t units, char *to);
/// The UTF-16 units of `bytes` bytes of UTF-8; stores at most `limit` of them, never half of a pair. A byte that begins
/// no character becomes U+FFFD.
size_t lw_utf8_to_utf16_(const char *text, size_t bytes, uint16_t *_Nullable to, size_t limit);

/// Writes terminated UTF-16 as terminated UTF-8, for a name; false, and `to` undefined, where `capacity` bytes are too
/// few.
bool lw_narrow_(const uint16_t *text, char *to, size_t capacity);

#pragma clang assume_nonnull end
