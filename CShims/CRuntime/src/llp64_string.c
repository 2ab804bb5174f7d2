// The symbols behind llp64/string.h, llp64/stdlib.h and the string half of llp64/wchar.h.
#include <errno.h>
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

/// How many units at the start of `text` are in `set` (`in`), or are not.
static size_t span(const uint16_t *text, const uint16_t *set, bool in) {
  size_t units = 0;
  while (text[units] && (lw_llp64_wcschr(set, text[units]) != NULL) == in) units++;
  return units;
}

size_t lw_llp64_wcsspn(const uint16_t *text, const uint16_t *set) { return span(text, set, true); }
size_t lw_llp64_wcscspn(const uint16_t *text, const uint16_t *set) { return span(text, set, false); }

uint16_t *lw_llp64_wcspbrk(const uint16_t *text, const uint16_t *wanted) {
  text += lw_llp64_wcscspn(text, wanted);
  return *text ? (uint16_t *)text : NULL;
}

uint16_t *lw_llp64_wcstok(uint16_t *text, const uint16_t *delimiters) {
  static _Thread_local uint16_t *_Nullable rest;
  if (!text) text = rest;
  if (!text) return NULL;
  text += lw_llp64_wcsspn(text, delimiters);
  uint16_t *end = text + lw_llp64_wcscspn(text, delimiters);
  rest = *end ? end + 1 : NULL;
  *end = 0;
  return end > text ? text : NULL;
}

uint16_t *lw_llp64_wmemset(uint16_t *to, uint16_t character, size_t units) {
  for (size_t i = 0; i < units; i++) to[i] = character;
  return to;
}

int lw_llp64_wmemcmp(const uint16_t *left, const uint16_t *right, size_t units) {
  size_t same = 0;
  while (same < units && left[same] == right[same]) same++;
  return same == units ? 0 : left[same] < right[same] ? -1 : 1;
}

// ------------------------------------------------------------------------------------------------------ UTF-8, UTF-16

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
