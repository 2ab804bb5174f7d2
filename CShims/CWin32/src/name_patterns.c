// Patterns of file names as NT has them since DOS (FsRtlIsNameInExpression, and what FindFirstFile makes of its
// pattern): a question mark stands for no character before a dot and at the end, a dot before a wildcard for none at
// the end, a star before a dot ends at the name's last one, and a dot at the end of the pattern is none.
#include <string.h>

#include "paths.h"

static char folded(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool is_wildcard(char c) { return c == '*' || c == '?'; }

/// Whether the name has an extension from here on.
static bool has_extension(const char *name) {
  const char *dot = strrchr(name, '.');
  return dot && dot[1];
}

/// The bytes of a name's first character.
static size_t first_bytes(const char *name) {
  size_t bytes = 1;
  while (((unsigned char)name[bytes] & 0xC0) == 0x80) bytes++;
  return bytes;
}

/// What a star stands for, and the rest.
static bool matches_star(const char *name, const char *rest) {
  bool before_dot = *rest == '.';
  if (strcmp(rest, ".") == 0) return !has_extension(name);
  for (;; name++) {
    if (lw_name_matches_(name, rest)) return true;
    if (!*name || (before_dot && *name == '.' && !strchr(name + 1, '.'))) return false;
  }
}

bool lw_name_matches_(const char *name, const char *pattern) {
  for (; *pattern; pattern++) {
    if (*pattern == '*') return matches_star(name, pattern + strspn(pattern, "*"));
    if (strcmp(pattern, ".") == 0) return !*name || strcmp(name, ".") == 0;
    bool may_be_none = *pattern == '?' || (*pattern == '.' && is_wildcard(pattern[1]));
    bool is_one = *pattern == '?' ? *name && *name != '.' : *name && folded(*name) == folded(*pattern);
    if (is_one)
      name += *pattern == '?' ? first_bytes(name) : 1;
    else if (!may_be_none || (*pattern == '.' && *name))
      return false;
  }
  return !*name;
}
