// The command line of this process: as its parent gave it, or quoted again from its arguments.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "command_line.h"
#include "family.h"
#include "lw_utf16.h"
#include "object.h"
#include "processenv.h"

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

/// What the parent has said, or the arguments that the system keeps of this process, put together.
static void read_own(char *line) {
  if (lw_family_command_line_(line, LINE_BYTES)) return;
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
