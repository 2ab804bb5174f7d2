// Environment variables. They live in `environ`, where the C run time and children look; one lock orders this layer's
// own changes.
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lw_utf16.h"
#include "object.h"
#include "paths.h"
#include "processenv.h"
#include "winbase.h"

enum { NAME_BYTES = 4096, VALUE_UNITS = 32767 }; // Windows' limit of a value; of a name it has none

static lw_lock environment_lock;

/// The variable of that name, as it stands in `environ` ("NAME=value"); NULL when there is none.
static const char *_Nullable find(const char *name, size_t bytes) LW_REQUIRES(environment_lock) {
  for (char **variable = environ; variable && *variable; variable++) {
    if (strncasecmp(*variable, name, bytes) == 0 && (*variable)[bytes] == '=') return *variable;
  }
  return NULL;
}

/// A variable's value, copied into pages of its own.
typedef struct value {
  char *_Nullable text; ///< NULL: there is none, and the last error says why
  size_t bytes;         ///< with the terminator
} value;

static value copy_value(const char *name, size_t bytes) {
  value copy = {NULL, 0};
  lw_lock_acquire(&environment_lock);
  const char *variable = bytes > 0 ? find(name, bytes) : NULL;
  if (variable) {
    copy.bytes = strlen(variable + bytes + 1) + 1;
    copy.text = lw_pages_reserve(copy.bytes);
    if (copy.text) memcpy(copy.text, variable + bytes + 1, copy.bytes);
  }
  lw_lock_release_quietly(&environment_lock);
  if (!copy.text) lw_failed_(variable ? ERROR_NOT_ENOUGH_MEMORY : ERROR_ENVVAR_NOT_FOUND);
  return copy;
}

DWORD GetEnvironmentVariableA(LPCSTR name, LPSTR to, DWORD size) {
  value found = copy_value(name ? name : "", name ? strlen(name) : 0);
  if (!found.text) return 0;
  DWORD length = lw_hand_out_(found.text, to, size);
  lw_pages_release(found.text, found.bytes);
  return length;
}

DWORD GetEnvironmentVariableW(LPCWSTR name, LPWSTR to, DWORD size) {
  char narrow[NAME_BYTES];
  if (!name || !lw_narrow_(name, narrow, sizeof narrow)) return (DWORD)lw_failed_(ERROR_ENVVAR_NOT_FOUND);
  value found = copy_value(narrow, strlen(narrow));
  if (!found.text) return 0;
  DWORD length = lw_hand_out_wide_(found.text, to, size);
  lw_pages_release(found.text, found.bytes);
  return length;
}

BOOL SetEnvironmentVariableA(LPCSTR name, LPCSTR value) {
  if (!name) return lw_failed_(ERROR_ENVVAR_NOT_FOUND);
  if (!*name || strchr(name, '=') || strlen(name) >= NAME_BYTES) return lw_failed_(ERROR_INVALID_PARAMETER);
  char own[NAME_BYTES];
  strcpy(own, name);
  size_t bytes = strlen(name);
  lw_lock_acquire(&environment_lock);
  // A variable keeps the case of its name.
  const char *variable = find(name, bytes);
  if (variable) memcpy(own, variable, bytes);
  bool done = (value ? setenv(own, value, 1) : unsetenv(own)) == 0;
  lw_lock_release_quietly(&environment_lock);
  return done ? TRUE : lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
}

BOOL SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value) {
  char own[NAME_BYTES];
  if (!name || !lw_narrow_(name, own, sizeof own))
    return lw_failed_(name ? ERROR_INVALID_PARAMETER : ERROR_ENVVAR_NOT_FOUND);
  if (!value) return SetEnvironmentVariableA(own, NULL);
  size_t units = lw_utf16_length_(value), bytes = units * LW_UTF8_BYTES_OF_UNIT + 1;
  if (units > VALUE_UNITS) return lw_failed_(ERROR_INVALID_PARAMETER);
  char *narrow = lw_pages_reserve(bytes);
  if (!narrow) return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  narrow[lw_utf16_to_utf8_(value, units, narrow)] = 0;
  BOOL done = SetEnvironmentVariableA(own, narrow);
  lw_pages_release(narrow, bytes);
  return done;
}

// ------------------------------------------------------------------------------------------------------------ blocks

LPSTR GetEnvironmentStringsA(void) {
  size_t bytes = 1, used = 0;
  lw_lock_acquire(&environment_lock);
  for (char **variable = environ; variable && *variable; variable++) bytes += strlen(*variable) + 1;
  char *block = LocalAlloc(LMEM_FIXED, bytes);
  for (char **variable = environ; block && variable && *variable; variable++)
    used += (size_t)(stpcpy(block + used, *variable) - (block + used)) + 1;
  lw_lock_release_quietly(&environment_lock);
  if (block)
    block[used] = 0;
  else
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return block;
}

LPWSTR GetEnvironmentStringsW(void) {
  char *narrow = GetEnvironmentStringsA();
  if (!narrow) return NULL;
  size_t bytes = 0;
  while (narrow[bytes]) bytes += strlen(narrow + bytes) + 1;
  LPWSTR block = LocalAlloc(LMEM_FIXED, (bytes + 1) * sizeof *block); // no UTF-8 has more units than bytes
  if (block)
    block[lw_utf8_to_utf16_(narrow, bytes, block, bytes)] = 0;
  else
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  LocalFree(narrow);
  return block;
}

BOOL FreeEnvironmentStringsA(LPSTR block) { return LocalFree(block) == NULL; }
BOOL FreeEnvironmentStringsW(LPWSTR block) { return LocalFree(block) == NULL; }

DWORD ExpandEnvironmentStringsA(LPCSTR text, LPSTR to, DWORD size) {
  if (!text) return (DWORD)lw_failed_(ERROR_INVALID_PARAMETER);
  size_t need = 0;
  while (*text) {
    size_t bytes = *text == '%' ? strcspn(text + 1, "%") : 0;
    value found = {NULL, 0};
    if (bytes > 0 && text[bytes + 1] == '%') found = copy_value(text + 1, bytes);
    const char *piece = found.text ? found.text : text;
    size_t length = found.text ? found.bytes - 1 : 1;
    for (size_t i = 0; i < length; i++, need++) {
      if (to && need + 1 < size) to[need] = piece[i];
    }
    text += found.text ? bytes + 2 : 1;
    if (found.text) lw_pages_release(found.text, found.bytes);
  }
  if (to && size > 0) to[need < size ? need : size - 1] = 0;
  return (DWORD)need + 1;
}

DWORD ExpandEnvironmentStringsW(LPCWSTR text, LPWSTR to, DWORD size) {
  if (!text) return (DWORD)lw_failed_(ERROR_INVALID_PARAMETER);
  size_t units = lw_utf16_length_(text), bytes = units * LW_UTF8_BYTES_OF_UNIT + 1;
  char *narrow = lw_pages_reserve(bytes);
  if (!narrow) return (DWORD)lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  narrow[lw_utf16_to_utf8_(text, units, narrow)] = 0;
  DWORD need = ExpandEnvironmentStringsA(narrow, NULL, 0);
  char *expanded = lw_pages_reserve(need);
  DWORD wide = 0;
  if (expanded) {
    ExpandEnvironmentStringsA(narrow, expanded, need);
    // The room is counted without the terminator, which comes in any case.
    size_t kept = lw_utf8_to_utf16_(expanded, need - 1, to, to && size > 0 ? size - 1 : 0);
    wide = (DWORD)kept + 1;
    if (to && size > 0) to[kept < size ? kept : size - 1] = 0;
    lw_pages_release(expanded, need);
  } else {
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  }
  lw_pages_release(narrow, bytes);
  return wide;
}
