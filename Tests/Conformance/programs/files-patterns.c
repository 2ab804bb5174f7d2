// Patterns of FindFirstFile: wildcards at extensions and at the end of names.
// wine-differs: a question mark stands for nothing before a dot and at the end, and "*." for names without an extension
// (Wildcard matching in FsRtlIsNameInExpression: DOS_QM, DOS_STAR); Wine takes ? for one character and "*." for "*".
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void list(const char *pattern) {
  char name[MAX_PATH];
  snprintf(name, sizeof name, "folder\\%s", pattern);
  WIN32_FIND_DATAA found;
  HANDLE search = FindFirstFileA(name, &found);
  printf("%s:", pattern);
  if (search == INVALID_HANDLE_VALUE) {
    printf(" error %lu\n", GetLastError());
    return;
  }
  do {
    if (strcmp(found.cFileName, ".") != 0 && strcmp(found.cFileName, "..") != 0) printf(" %s", found.cFileName);
  } while (FindNextFileA(search, &found));
  printf("; error %lu\n", GetLastError());
  FindClose(search);
}

int main(void) {
  static const char *const names[] = {"a.txt", "ab.txt", "abc.c", "plain", "two.dots.txt", "sixsix"};
  static const char *const patterns[] = {"*",       "*.*",   "*.txt",  "a*",     "?.txt",  "??.txt",  "abc.?",
                                         "plain.*", "*.",    "??????", "*.??",   "*dots*", "*.t*",    "A*.TXT",
                                         "nope*",   "a.txt", "*.*.*",  "?????.", "**.c",   "plain.?", "?*"};
  CreateDirectoryA("folder", NULL);
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char name[MAX_PATH];
    snprintf(name, sizeof name, "folder\\%s", names[i]);
    CloseHandle(CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
  }
  for (unsigned i = 0; i < sizeof patterns / sizeof *patterns; i++) list(patterns[i]);
  return 0;
}
