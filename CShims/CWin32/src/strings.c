// The lstr functions, which take NULL, and the conversions between the two widths.
#include <string.h>
#include <strings.h>

#include "lw_utf16.h"
#include "object.h"
#include "stringapiset.h"
#include "winbase.h"

int lstrlenA(LPCSTR text) { return text ? (int)strlen(text) : lw_failed_(ERROR_INVALID_PARAMETER); }
int lstrlenW(LPCWSTR text) { return text ? (int)lw_utf16_length_(text) : lw_failed_(ERROR_INVALID_PARAMETER); }

// ---------------------------------------------------------------------------------------------------------- copying

LPSTR lstrcpyA(LPSTR to, LPCSTR from) { return to && from ? strcpy(to, from) : NULL; }

LPWSTR lstrcpyW(LPWSTR to, LPCWSTR from) {
  return to && from ? memcpy(to, from, (lw_utf16_length_(from) + 1) * sizeof *from) : NULL;
}

LPSTR lstrcpynA(LPSTR to, LPCSTR from, int size) {
  if (!to || !from) return NULL;
  if (size <= 0) return to;
  size_t kept = strnlen(from, (size_t)size - 1);
  memcpy(to, from, kept);
  to[kept] = 0;
  return to;
}

LPWSTR lstrcpynW(LPWSTR to, LPCWSTR from, int size) {
  if (!to || !from) return NULL;
  int kept = 0;
  for (; kept < size - 1 && from[kept]; kept++) to[kept] = from[kept];
  if (size > 0) to[kept] = 0;
  return to;
}

LPSTR lstrcatA(LPSTR to, LPCSTR from) { return to && from ? strcat(to, from) : NULL; }

LPWSTR lstrcatW(LPWSTR to, LPCWSTR from) {
  if (!to || !from) return NULL;
  lstrcpyW(to + lw_utf16_length_(to), from);
  return to;
}

// -------------------------------------------------------------------------------------------------------- comparing

static unsigned folded(unsigned character) {
  return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
}

static int sign(int difference) { return (difference > 0) - (difference < 0); }

/// What two pointers say about the order of what they point to: true when at least one is NULL.
static bool is_decided(const void *_Nullable left, const void *_Nullable right, int *order) {
  *order = (left != NULL) - (right != NULL);
  return !left || !right;
}

/// The order that two characters of either width would give without a look at their case, then (`tie`) with it: small
/// letters come first, as in a dictionary.
static void compare(unsigned left, unsigned right, int *order, int *tie) {
  *order = sign((int)folded(left) - (int)folded(right));
  if (*tie == 0) *tie = sign((int)right - (int)left);
}

static int order_narrow(LPCSTR _Nullable left, LPCSTR _Nullable right, bool with_case) {
  int order, tie = 0;
  if (is_decided(left, right, &order)) return order;
  for (;; left++, right++) {
    compare((unsigned char)*left, (unsigned char)*right, &order, &tie);
    if (order != 0) return order;
    if (*left == 0) return with_case ? tie : 0;
  }
}

static int order_wide(LPCWSTR _Nullable left, LPCWSTR _Nullable right, bool with_case) {
  int order, tie = 0;
  if (is_decided(left, right, &order)) return order;
  for (;; left++, right++) {
    compare(*left, *right, &order, &tie);
    if (order != 0) return order;
    if (*left == 0) return with_case ? tie : 0;
  }
}

int lstrcmpA(LPCSTR left, LPCSTR right) { return order_narrow(left, right, true); }
int lstrcmpW(LPCWSTR left, LPCWSTR right) { return order_wide(left, right, true); }
int lstrcmpiA(LPCSTR left, LPCSTR right) { return order_narrow(left, right, false); }
int lstrcmpiW(LPCWSTR left, LPCWSTR right) { return order_wide(left, right, false); }

// ------------------------------------------------------------------------------------------------------- converting

static int failed(DWORD error) {
  lw_failed_(error);
  return 0;
}

static bool is_page(UINT page) { return page == CP_ACP || page == CP_OEMCP || page == CP_UTF8; }

/// Whether the bytes hold no replacement that was not there before: then all of them were characters.
static bool is_valid_utf8(const char *text, size_t bytes) {
  for (size_t at = 0; at < bytes;) {
    size_t length = 1;
    uint16_t units[2];
    uint8_t lead = (uint8_t)text[at];
    if (lead >= 0x80) {
      length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
      if (at + length > bytes) return false;
      // A whole character of `length` bytes becomes one unit or a pair; anything else becomes several replacements.
      if (lw_utf8_to_utf16_(text + at, length, units, 2) != (length == 4 ? 2u : 1u)) return false;
      if (units[0] == 0xFFFD && memcmp(text + at, "\xEF\xBF\xBD", length) != 0) return false;
    }
    at += length;
  }
  return true;
}

int MultiByteToWideChar(UINT page, DWORD flags, LPCSTR text, int bytes, LPWSTR to, int size) {
  if (!text || bytes == 0 || bytes < -1 || size < 0 || (size > 0 && !to) || !is_page(page) ||
      (const void *)text == (const void *)to)
    return failed(ERROR_INVALID_PARAMETER);
  size_t count = bytes < 0 ? strlen(text) + 1 : (size_t)bytes;
  if (flags & MB_ERR_INVALID_CHARS && !is_valid_utf8(text, count)) return failed(ERROR_NO_UNICODE_TRANSLATION);
  size_t need = lw_utf8_to_utf16_(text, count, size > 0 ? to : NULL, (size_t)size);
  return size == 0 || need <= (size_t)size ? (int)need : failed(ERROR_INSUFFICIENT_BUFFER);
}

int WideCharToMultiByte(UINT page, DWORD flags, LPCWSTR text, int units, LPSTR to, int size, LPCSTR default_character,
                        BOOL *used_default) {
  if (!text || units == 0 || units < -1 || size < 0 || (size > 0 && !to) || !is_page(page))
    return failed(ERROR_INVALID_PARAMETER);
  if (page == CP_UTF8 && (default_character || used_default)) return failed(ERROR_INVALID_PARAMETER);
  if (used_default) *used_default = FALSE;
  size_t count = units < 0 ? lw_utf16_length_(text) + 1 : (size_t)units, used = 0;
  for (size_t i = 0; i < count; i++) {
    bool is_pair = (text[i] & 0xFC00) == 0xD800 && i + 1 < count && (text[i + 1] & 0xFC00) == 0xDC00;
    if (flags & WC_ERR_INVALID_CHARS && !is_pair && (text[i] & 0xF800) == 0xD800)
      return failed(ERROR_NO_UNICODE_TRANSLATION);
    char character[2 * LW_UTF8_BYTES_OF_UNIT];
    size_t length = lw_utf16_to_utf8_(text + i, is_pair ? 2 : 1, character);
    if (size > 0 && used + length > (size_t)size) return failed(ERROR_INSUFFICIENT_BUFFER);
    if (size > 0) memcpy(to + used, character, length);
    used += length;
    i += is_pair;
  }
  return (int)used;
}
