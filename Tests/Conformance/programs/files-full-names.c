// GetFullPathName: names of shares and devices, of drives, with dots and blanks.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void show(const char *name) {
  char full[MAX_PATH], *last = NULL;
  DWORD length = GetFullPathNameA(name, sizeof full, full, &last);
  printf("<%s> %lu <%s> last <%s>\n", name, length, length ? full : "", length && last ? last : "none");
}

int main(void) {
  static const char *const names[] = {"\\\\server\\share\\a\\..\\b",
                                      "\\\\server\\share\\..\\..",
                                      "//server/share/x",
                                      "\\\\server",
                                      "\\\\s\\h\\..",
                                      "\\\\.\\pipe\\name",
                                      "//./pipe/name",
                                      "\\\\?\\C:\\a\\..\\b",
                                      "\\\\.\\C:\\a\\..\\b",
                                      "\\\\?\\UNC\\s\\h\\..\\x",
                                      "\\\\.\\x\\..\\..",
                                      "C:a",
                                      "c:\\x",
                                      "D:\\x\\..\\y",
                                      "C:\\a\\.\\b\\..\\c.",
                                      "C:\\a \\b. ",
                                      "C:\\..\\..\\x\\",
                                      "..\\..\\..\\x",
                                      "\\x\\y",
                                      "\\",
                                      "a/b/c",
                                      "a.\\b",
                                      "a..\\b",
                                      "a \\b",
                                      "a\\..\\",
                                      ".",
                                      "..",
                                      "...",
                                      "C:\\x\\",
                                      "con",
                                      "nul",
                                      "NUL:",
                                      "com1",
                                      "com0",
                                      "x\\nul",
                                      "C:\\x\\prn",
                                      "nulls",
                                      "a*b?"};
  CreateDirectoryA("C:\\full-names", NULL);
  printf("%d\n", SetCurrentDirectoryA("C:\\full-names"));
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) show(names[i]);

  char few[8];
  DWORD needed = GetFullPathNameA("name", sizeof few, few, NULL);
  printf("needed %lu\n", needed);
  WCHAR wide[MAX_PATH], *last = NULL;
  DWORD length = GetFullPathNameW(L"\\\\s\\h\\\x00e4\\..\\\x00f6\x00df", MAX_PATH, wide, &last);
  printf("%lu %d %d\n", length, lstrlenW(wide) == (int)length, last && last[0] == 0xF6 && last[1] == 0xDF && !last[2]);
  SetCurrentDirectoryA("C:\\");
  show("x");
  show("..\\y");
  show("C:z");
  printf("%d\n", RemoveDirectoryA("C:\\full-names"));
  return 0;
}
