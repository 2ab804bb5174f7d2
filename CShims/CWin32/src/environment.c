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

enum { NAME_BYTES = 4096, VALUE_BYTES = 32767 }; // Windows' limit of a value; of a name it has none

static lw_lock environment_lock;

/// The variable of that name, as it stands in `environ` ("NAME=value"); NULL when there is none.
static const char *_Nullable find(const char *name, size_t bytes) LW_REQUIRES(environment_lock) {
  for (char **variable = environ; variable && *variable; variable++) {
    if (strncasecmp(*variable, name, bytes) == 0 && (*variable)[bytes] == '=') return *variable;
  }
  return NULL;
}

/// A copy of a variable's value, which the caller frees; NULL and the last error.
static char *_Nullable copy_value(const char *name, size_t bytes) {
  lw_lock_acquire(&environment_lock);
  const char *variable = bytes > 0 ? find(name, bytes) : NULL;
  char *value = variable ? strdup(variable + bytes + 1) : NULL;
  lw_lock_release_quietly(&environment_lock);
  if (!value) lw_failed_(variable ? ERROR_NOT_ENOUGH_MEMORY : ERROR_ENVVAR_NOT_FOUND);
  return value;
}

DWORD GetEnvironmentVariableA(LPCSTR name, LPSTR to, DWORD size) {
  char *value = copy_value(name ? name : "", name ? strlen(name) : 0);
  if (!value) return 0;
  DWORD length = lw_hand_out_(value, to, size);
  free(value);
  return length;
}

DWORD GetEnvironmentVariableW(LPCWSTR name, LPWSTR to, DWORD size) {
  char narrow[NAME_BYTES];
  if (!name || !lw_narrow_(name, narrow, sizeof narrow)) return (DWORD)lw_failed_(ERROR_ENVVAR_NOT_FOUND);
  char *value = copy_value(narrow, strlen(narrow));
  if (!value) return 0;
  DWORD length = lw_hand_out_wide_(value, to, size);
  free(value);
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
  size_t units = lw_utf16_length_(value);
  char *narrow = units <= VALUE_BYTES ? malloc(units * LW_UTF8_BYTES_OF_UNIT + 1) : NULL;
  if (!narrow) return lw_failed_(units <= VALUE_BYTES ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_PARAMETER);
  narrow[lw_utf16_to_utf8_(value, units, narrow)] = 0;
  BOOL done = SetEnvironmentVariableA(own, narrow);
  free(narrow);
  return done;
}

// ------------------------------------------------------------------------------------------------------------ blocks

LPSTR GetEnvironmentStringsA(void) {
  size_t bytes = 1, used = 0;
  lw_lock_acquire(&environment_lock);
  for (char **variable = environ; variable && *variable; variable++) bytes += strlen(*variable) + 1;
  char *block = malloc(bytes);
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
  LPWSTR block = malloc((bytes + 1) * sizeof *block); // no UTF-8 has more units than bytes
  if (block)
    block[lw_utf8_to_utf16_(narrow, bytes, block, bytes)] = 0;
  else
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  free(narrow);
  return block;
}

BOOL FreeEnvironmentStringsA(LPSTR block) {
  free(block);
  return TRUE;
}

BOOL FreeEnvironmentStringsW(LPWSTR block) {
  free(block);
  return TRUE;
}

DWORD ExpandEnvironmentStringsA(LPCSTR text, LPSTR to, DWORD size) {
  if (!text) return (DWORD)lw_failed_(ERROR_INVALID_PARAMETER);
  size_t need = 0;
  while (*text) {
    size_t bytes = *text == '%' ? strcspn(text + 1, "%") : 0;
    char *value = bytes > 0 && text[bytes + 1] == '%' ? copy_value(text + 1, bytes) : NULL;
    const char *piece = value ? value : text;
    size_t length = value ? strlen(value) : 1;
    for (size_t i = 0; i < length; i++, need++) {
      if (to && need + 1 < size) to[need] = piece[i];
    }
    text += value ? bytes + 2 : 1;
    free(value);
  }
  if (to && size > 0) to[need < size ? need : size - 1] = 0;
  return (DWORD)need + 1;
}
