// Command lines: splitting one into arguments, and finding the program that it names.
#include "command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"
#include "winerror.h"

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static const char *split_program(const char *at, char **text) {
  bool quoted = false;
  for (; *at && (quoted || !is_blank(*at)); at++) {
    if (*at == '"')
      quoted = !quoted;
    else
      *(*text)++ = *at;
  }
  *(*text)++ = 0;
  return at;
}

static const char *split_argument(const char *at, char **text) {
  bool quoted = false;
  while (*at && (quoted || !is_blank(*at))) {
    size_t backslashes = strspn(at, "\\");
    at += backslashes;
    bool before_quote = *at == '"';
    for (size_t i = 0; i < (before_quote ? backslashes / 2 : backslashes); i++) *(*text)++ = '\\';
    if (!before_quote) {
      if (*at && (quoted || !is_blank(*at))) *(*text)++ = *at++;
    } else if (backslashes % 2 == 1) {
      *(*text)++ = *at++;
    } else if (quoted && at[1] == '"') {
      *(*text)++ = '"';
      at += 2;
    } else {
      quoted = !quoted;
      at++;
    }
  }
  *(*text)++ = 0;
  return at;
}

size_t lw_command_line_split_(const char *line, char *text, char **arguments) {
  size_t count = 0;
  arguments[count++] = text;
  const char *at = split_program(line, &text);
  for (;;) {
    while (is_blank(*at)) at++;
    if (!*at) break;
    arguments[count++] = text;
    at = split_argument(at, &text);
  }
  arguments[count] = NULL;
  return count;
}

// ------------------------------------------------------------------------------------------------ finding the program

static bool is_file(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/// directory/name or directory/name.exe; an empty directory is the working directory.
static bool is_in(const char *directory, size_t directory_bytes, const char *name, char *path, size_t capacity) {
  const char *slash = directory_bytes > 0 ? "/" : "";
  static const char *const endings[] = {"", ".exe"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    int length = snprintf(path, capacity, "%.*s%s%s%s", (int)directory_bytes, directory, slash, name, endings[i]);
    if (length > 0 && (size_t)length < capacity && is_file(path)) return true;
  }
  return false;
}

static bool find(const char *name, char *path, size_t capacity) {
  if (*name == 0) return false;
  if (strpbrk(name, "/\\:")) {
    char translated[LW_PATH_BYTES];
    return lw_path_(name, translated) == ERROR_SUCCESS && is_in("", 0, translated, path, capacity);
  }
  char own[4096];
  ssize_t length = readlink("/proc/self/exe", own, sizeof own);
  while (length > 0 && own[length - 1] != '/') length--;
  if (length > 1 && is_in(own, (size_t)length - 1, name, path, capacity)) return true;
  if (is_in("", 0, name, path, capacity)) return true;
  const char *directories = getenv("PATH");
  while (directories && *directories) {
    size_t bytes = strcspn(directories, ":");
    if (is_in(directories, bytes, name, path, capacity)) return true;
    directories += bytes + (directories[bytes] == ':');
  }
  return false;
}

bool lw_command_line_program_(const char *line, char *path, size_t capacity) {
  char name[4096];
  while (is_blank(*line)) line++;
  bool quoted = *line == '"';
  if (quoted) line++;
  size_t bytes = strcspn(line, quoted ? "\"" : " \t");
  for (;;) {
    if (bytes >= sizeof name) return false;
    memcpy(name, line, bytes);
    name[bytes] = 0;
    if (find(name, path, capacity)) return true;
    if (quoted || !line[bytes]) return false;
    bytes += strspn(line + bytes, " \t");
    bytes += strcspn(line + bytes, " \t");
  }
}
