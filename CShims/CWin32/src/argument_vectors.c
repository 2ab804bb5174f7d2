// CommandLineToArgvW. It has rules of its own where quotes follow each other: they are counted, with the one that
// opened, and the third is a literal quote behind which none is open (as Wine's tests found it on Windows).
#include <string.h>

#include "libloaderapi.h"
#include "lw_utf16.h"
#include "object.h"
#include "shellapi.h"
#include "winbase.h"

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The program's name: to its closing quote, or to the first blank.
static const char *split_program(const char *at, char **text) {
  bool quoted = *at == '"';
  if (quoted) at++;
  while (*at && (quoted ? *at != '"' : !is_blank(*at))) *(*text)++ = *at++;
  *(*text)++ = 0;
  return *at == '"' ? at + 1 : at;
}

static const char *split_argument(const char *at, char **text) {
  unsigned quotes = 0; // 0: none is open
  while (*at && (quotes > 0 || !is_blank(*at))) {
    size_t backslashes = strspn(at, "\\");
    at += backslashes;
    bool before_quote = *at == '"';
    for (size_t i = 0; i < (before_quote ? backslashes / 2 : backslashes); i++) *(*text)++ = '\\';
    if (before_quote && backslashes % 2 == 1) {
      *(*text)++ = *at++;
    } else if (before_quote) {
      for (; *at == '"'; at++) {
        quotes = (quotes + 1) % 3;
        if (quotes == 0) *(*text)++ = '"';
      }
      if (quotes == 2) quotes = 0;
    } else if (*at && (quotes > 0 || !is_blank(*at))) {
      *(*text)++ = *at++;
    }
  }
  *(*text)++ = 0;
  return at;
}

/// Splits `line`; `text` has room for strlen(line) + 2 bytes, `arguments` for strlen(line) / 2 + 3.
static size_t split(const char *line, char *text, char **arguments) {
  size_t count = 0;
  arguments[count++] = text;
  const char *at = split_program(line, &text);
  for (;;) {
    while (is_blank(*at)) at++;
    if (!*at) return count;
    arguments[count++] = text;
    at = split_argument(at, &text);
  }
}

/// One block of vector and strings from `count` arguments that have `bytes` bytes with their terminators.
static LPWSTR *_Nullable vector_of(char *const *arguments, size_t count, size_t bytes) {
  LPWSTR *vector = LocalAlloc(LMEM_FIXED, (count + 1) * sizeof *vector + bytes * sizeof(WCHAR));
  if (!vector) return NULL;
  LPWSTR text = (LPWSTR)(vector + count + 1);
  for (size_t i = 0; i < count; i++) {
    vector[i] = text;
    text += lw_utf8_to_utf16_(arguments[i], strlen(arguments[i]) + 1, text, bytes);
  }
  vector[count] = NULL;
  return vector;
}

LPWSTR *CommandLineToArgvW(LPCWSTR line, int *count) {
  if (!line || !count) {
    lw_failed_(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  size_t bytes = lw_utf16_length_(line) * LW_UTF8_BYTES_OF_UNIT + 1;
  size_t arguments_max = bytes / 2 + 3, room = bytes > MAX_PATH ? bytes : MAX_PATH;
  size_t all = arguments_max * sizeof(char *) + 2 * room + 2;
  char **arguments = lw_pages_reserve(all);
  if (!arguments) {
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  char *narrow = (char *)(arguments + arguments_max), *text = narrow + room;
  narrow[lw_utf16_to_utf8_(line, bytes / LW_UTF8_BYTES_OF_UNIT, narrow)] = 0;
  size_t words = 1;
  if (*narrow) {
    words = split(narrow, text, arguments);
  } else {
    GetModuleFileNameA(NULL, text, MAX_PATH);
    arguments[0] = text;
  }
  LPWSTR *vector = vector_of(arguments, words, room + 1);
  lw_pages_release(arguments, all);
  if (vector) *count = (int)words;
  return vector;
}
