// The symbols behind llp64/string.h, llp64/stdlib.h and the string half of llp64/wchar.h.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "lw_utf16.h"

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

// ------------------------------------------------------------------------------------------------------------- lengths

size_t lw_llp64_wcslen(const uint16_t *text) { return lw_utf16_length_(text); }

size_t lw_llp64_wcsnlen(const uint16_t *text, size_t limit) {
  size_t length = 0;
  while (length < limit && text[length] != 0) length++;
  return length;
}

// ------------------------------------------------------------------------------------------------------------- copies

uint16_t *lw_llp64_wcscpy(uint16_t *to, const uint16_t *from) {
  memcpy(to, from, (lw_utf16_length_(from) + 1) * sizeof *from);
  return to;
}

uint16_t *lw_llp64_wcsncpy(uint16_t *to, const uint16_t *from, size_t units) {
  size_t length = lw_llp64_wcsnlen(from, units);
  memcpy(to, from, length * sizeof *from);
  memset(to + length, 0, (units - length) * sizeof *to);
  return to;
}

uint16_t *lw_llp64_wcscat(uint16_t *to, const uint16_t *from) {
  lw_llp64_wcscpy(to + lw_utf16_length_(to), from);
  return to;
}

uint16_t *lw_llp64_wcsncat(uint16_t *to, const uint16_t *from, size_t units) {
  uint16_t *end = to + lw_utf16_length_(to);
  size_t length = lw_llp64_wcsnlen(from, units);
  memcpy(end, from, length * sizeof *from);
  end[length] = 0;
  return to;
}

uint16_t *lw_llp64_wcsdup(const uint16_t *text) {
  uint16_t *copy = malloc((lw_utf16_length_(text) + 1) * sizeof *text);
  return copy ? lw_llp64_wcscpy(copy, text) : NULL;
}

/// Appends `from` at unit `used` of a buffer of `units`; empties the buffer where it does not fit.
static int append_wide(uint16_t *to, size_t used, size_t units, const uint16_t *from) {
  size_t length = lw_utf16_length_(from);
  bool fits = used < units && length < units - used;
  if (fits) memcpy(to + used, from, (length + 1) * sizeof *from);
  if (!fits && units > 0) to[0] = 0;
  return fits ? 0 : ERANGE;
}

int lw_llp64_wcscpy_s(uint16_t *to, size_t units, const uint16_t *from) { return append_wide(to, 0, units, from); }

int lw_llp64_wcscat_s(uint16_t *to, size_t units, const uint16_t *from) {
  return append_wide(to, lw_llp64_wcsnlen(to, units), units, from);
}

/// The same for bytes.
static int append_narrow(char *to, size_t used, size_t bytes, const char *from) {
  size_t length = strlen(from);
  bool fits = used < bytes && length < bytes - used;
  if (fits) memcpy(to + used, from, length + 1);
  if (!fits && bytes > 0) to[0] = 0;
  return fits ? 0 : ERANGE;
}

int lw_llp64_strcpy_s(char *to, size_t bytes, const char *from) { return append_narrow(to, 0, bytes, from); }

int lw_llp64_strcat_s(char *to, size_t bytes, const char *from) {
  return append_narrow(to, strnlen(to, bytes), bytes, from);
}

int lw_llp64_strncpy_s(char *to, size_t bytes, const char *from, size_t count) {
  enum { STRUNCATE = 80 };
  size_t length = strnlen(from, count);
  bool fits = length < bytes;
  if (!fits && count == SIZE_MAX && bytes > 0) length = bytes - 1;
  if (!fits && count != SIZE_MAX) length = 0;
  if (bytes == 0) return ERANGE;
  memcpy(to, from, length);
  to[length] = 0;
  return fits ? 0 : count == SIZE_MAX ? STRUNCATE : ERANGE;
}

int lw_llp64_memcpy_s(void *to, size_t room, const void *from, size_t bytes) {
  if (bytes > room) {
    memset(to, 0, room);
    return ERANGE;
  }
  memcpy(to, from, bytes);
  return 0;
}

// --------------------------------------------------------------------------------------------------------- comparisons

static int compare(const uint16_t *left, const uint16_t *right, size_t units, bool folds_case) {
  for (size_t i = 0; i < units; i++) {
    wint_t a = folds_case ? towlower(left[i]) : left[i];
    wint_t b = folds_case ? towlower(right[i]) : right[i];
    if (a != b) return a < b ? -1 : 1;
    if (a == 0) return 0;
  }
  return 0;
}

int lw_llp64_wcscmp(const uint16_t *left, const uint16_t *right) { return compare(left, right, SIZE_MAX, false); }

int lw_llp64_wcsncmp(const uint16_t *left, const uint16_t *right, size_t units) {
  return compare(left, right, units, false);
}

int lw_llp64__wcsicmp(const uint16_t *left, const uint16_t *right) { return compare(left, right, SIZE_MAX, true); }

int lw_llp64__wcsnicmp(const uint16_t *left, const uint16_t *right, size_t units) {
  return compare(left, right, units, true);
}

uint16_t *lw_llp64_wcschr(const uint16_t *text, uint16_t character) {
  for (;; text++) {
    if (*text == character) return (uint16_t *)text;
    if (*text == 0) return NULL;
  }
}

uint16_t *lw_llp64_wcsrchr(const uint16_t *text, uint16_t character) {
  for (size_t i = lw_utf16_length_(text) + 1; i > 0; i--)
    if (text[i - 1] == character) return (uint16_t *)&text[i - 1];
  return NULL;
}

uint16_t *lw_llp64_wcsstr(const uint16_t *text, const uint16_t *wanted) {
  size_t length = lw_utf16_length_(wanted);
  for (;; text++) {
    if (compare(text, wanted, length, false) == 0) return (uint16_t *)text;
    if (*text == 0) return NULL;
  }
}

// ------------------------------------------------------------------------------------------------------------- numbers

int lw_llp64_strtol(const char *text, char **end, int base) {
  long value = strtol(text, end, base);
  if (value >= INT_MIN && value <= INT_MAX) return (int)value;
  errno = ERANGE;
  return value < 0 ? INT_MIN : INT_MAX;
}

unsigned lw_llp64_strtoul(const char *text, char **end, int base) {
  int saved = errno;
  errno = 0;
  unsigned long value = strtoul(text, end, base);
  // A minus sign negates the result in the type's own width; the magnitude decides what is out of range.
  unsigned long magnitude = (long)value < 0 && errno == 0 ? -value : value;
  if (magnitude > UINT_MAX) errno = ERANGE;
  if (errno == ERANGE) return UINT_MAX;
  errno = saved;
  return (unsigned)value;
}

/// The ASCII part at the start of wide text: numbers are made of nothing else.
static void copy_ascii(const uint16_t *text, char ascii[_Nonnull 128]) {
  size_t i = 0;
  for (; i < 127 && text[i] != 0 && text[i] < 0x80; i++) ascii[i] = (char)text[i];
  ascii[i] = 0;
}

int lw_llp64_wcstol(const uint16_t *text, uint16_t **end, int base) {
  char ascii[128], *stop;
  copy_ascii(text, ascii);
  int value = lw_llp64_strtol(ascii, &stop, base);
  if (end) *end = (uint16_t *)text + (stop - ascii);
  return value;
}

unsigned lw_llp64_wcstoul(const uint16_t *text, uint16_t **end, int base) {
  char ascii[128], *stop;
  copy_ascii(text, ascii);
  unsigned value = lw_llp64_strtoul(ascii, &stop, base);
  if (end) *end = (uint16_t *)text + (stop - ascii);
  return value;
}

int lw_llp64__wtoi(const uint16_t *text) { return lw_llp64_wcstol(text, NULL, 10); }

// -------------------------------------------------------------------------------------------------------- UTF-8,
// UTF-16

size_t lw_llp64_mbstowcs(uint16_t *to, const char *from, size_t units) {
  size_t need = lw_utf8_to_utf16_(from, strlen(from), to, units);
  if (!to) return need;
  if (need < units) to[need] = 0;
  return need < units ? need : units;
}

size_t lw_llp64_wcstombs(char *to, const uint16_t *from, size_t bytes) {
  char character[2 * LW_UTF8_BYTES_OF_UNIT];
  size_t used = 0;
  for (; *from; from++) {
    bool is_pair = (*from & 0xFC00) == 0xD800 && (from[1] & 0xFC00) == 0xDC00;
    size_t length = lw_utf16_to_utf8_(from, is_pair ? 2 : 1, character);
    if (is_pair) from++;
    if (to && used + length > bytes) return used;
    if (to) memcpy(to + used, character, length);
    used += length;
  }
  if (to && used < bytes) to[used] = 0;
  return used;
}
