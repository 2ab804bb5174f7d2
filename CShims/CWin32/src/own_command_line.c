// The command line of this process, quoted again from its arguments, and command lines as vectors.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_line.h"
#include "libloaderapi.h"
#include "lw_utf16.h"
#include "object.h"
#include "processenv.h"
#include "shellapi.h"
#include "winbase.h"

enum { ARGUMENTS_BYTES = 65536, LINE_BYTES = 2 * ARGUMENTS_BYTES };

static lw_lock own_lock;
static char *_Nullable own LW_GUARDED_BY(own_lock);
static LPWSTR _Nullable own_wide LW_GUARDED_BY(own_lock);

/// Appends an argument so that `lw_command_line_split_` gives it back; false where it does not fit.
static bool quote(const char *argument, char *line, size_t *used) {
  size_t bytes = strlen(argument);
  if (*used + 2 * bytes + 4 > LINE_BYTES) return false;
  char *to = line + *used;
  if (*used > 0) *to++ = ' ';
  bool quoted = bytes == 0 || strpbrk(argument, " \t\"");
  if (quoted) *to++ = '"';
  for (const char *at = argument; *at;) {
    size_t backslashes = strspn(at, "\\");
    at += backslashes;
    bool doubles = *at == '"' || (*at == 0 && quoted);
    for (size_t i = 0; i < (doubles ? 2 * backslashes : backslashes); i++) *to++ = '\\';
    if (*at == '"') *to++ = '\\';
    if (*at) *to++ = *at++;
  }
  if (quoted) *to++ = '"';
  *to = 0;
  *used = (size_t)(to - line);
  return true;
}

/// Reads the arguments that the system keeps of this process and puts them together.
static void read_own(char *line) {
  static char arguments[ARGUMENTS_BYTES + 1]; // used once, under the lock
  int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  size_t bytes = 0, used = 0;
  for (ssize_t got; fd >= 0 && (got = read(fd, arguments + bytes, ARGUMENTS_BYTES - bytes)) > 0;) bytes += (size_t)got;
  if (fd >= 0) close(fd);
  for (size_t at = 0; at < bytes; at += strlen(arguments + at) + 1) {
    if (!quote(arguments + at, line, &used)) return;
  }
}

LPSTR GetCommandLineA(void) {
  lw_lock_acquire(&own_lock);
  if (!own && (own = lw_pages_reserve(LINE_BYTES))) read_own(own);
  char *line = own;
  lw_lock_release_quietly(&own_lock);
  if (!line) lw_fatal("there is no memory for the command line");
  return line;
}

LPWSTR GetCommandLineW(void) {
  const char *line = GetCommandLineA();
  lw_lock_acquire(&own_lock);
  if (!own_wide && (own_wide = lw_pages_reserve(LINE_BYTES * sizeof(WCHAR))))
    lw_utf8_to_utf16_(line, strlen(line), own_wide, LINE_BYTES - 1);
  LPWSTR wide = own_wide;
  lw_lock_release_quietly(&own_lock);
  if (!wide) lw_fatal("there is no memory for the command line");
  return wide;
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
    words = lw_command_line_split_(narrow, text, arguments);
  } else {
    GetModuleFileNameA(NULL, text, MAX_PATH);
    arguments[0] = text;
  }
  LPWSTR *vector = vector_of(arguments, words, room + 1);
  lw_pages_release(arguments, all);
  if (vector) *count = (int)words;
  return vector;
}
