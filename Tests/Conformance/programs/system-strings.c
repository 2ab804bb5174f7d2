// The lstr functions and the conversions between UTF-8 and UTF-16.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void to_wide(const char *text, int bytes, DWORD flags, int room) {
  WCHAR wide[16];
  memset(wide, 0x55, sizeof wide);
  SetLastError(0);
  int units = MultiByteToWideChar(CP_UTF8, flags, text, bytes, wide, room);
  printf("to wide: %d error %lu:", units, GetLastError());
  for (int i = 0; i < units && i < room; i++) printf(" %04x", wide[i]);
  printf("\n");
}

static void to_narrow(const WCHAR *text, int units, DWORD flags, int room) {
  char narrow[16];
  memset(narrow, 0x55, sizeof narrow);
  SetLastError(0);
  int bytes = WideCharToMultiByte(CP_UTF8, flags, text, units, narrow, room, NULL, NULL);
  printf("to narrow: %d error %lu:", bytes, GetLastError());
  for (int i = 0; i < bytes && i < room; i++) printf(" %02x", (unsigned char)narrow[i]);
  printf("\n");
}

int main(void) {
  char text[16];
  WCHAR wide[16];
  printf("%d %d %d %d\n", lstrlenA("four"), lstrlenW(L"three"), lstrlenA(NULL), lstrlenW(NULL));
  printf("%s", lstrcpyA(text, "copy"));
  printf(" %s", lstrcatA(text, "+"));
  printf(" %s\n", lstrcpynA(text, "cut here", 4));
  printf("%d", lstrlenW(lstrcatW(lstrcpyW(wide, L"ab"), L"cde")));
  printf(" %d\n", lstrlenW(lstrcpynW(wide, L"abcdef", 3)));
  printf("NULL: %d %d\n", lstrcpyA(NULL, "x") == NULL, lstrcatA(text, NULL) == NULL);
  printf("compare: %d %d %d %d\n", lstrcmpA("a", "b"), lstrcmpA("b", "a"), lstrcmpA("a", "a"), lstrcmpA("a", "A"));
  printf("in any case: %d %d %d\n", lstrcmpiA("ABC", "abc"), lstrcmpiA("abc", "ABD"), lstrcmpiW(L"X", L"x"));
  printf("wide: %d %d %d\n", lstrcmpW(L"a", L"b"), lstrcmpW(L"a", L"a"), lstrcmpA(NULL, "a"));

  to_wide("abc", -1, 0, 16);
  to_wide("abc", 2, 0, 16);
  to_wide("abc", -1, 0, 3);
  to_wide("abc", -1, 0, 0);
  to_wide("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", -1, 0, 16);
  to_wide("a\xff", -1, MB_ERR_INVALID_CHARS, 16);
  to_wide(NULL, -1, 0, 16);
  to_wide("abc", 0, 0, 16);
  to_narrow(L"abc", -1, 0, 16);
  to_narrow(L"abc", 2, 0, 16);
  to_narrow(L"abc", -1, 0, 2);
  to_narrow(L"abc", -1, 0, 0);
  WCHAR mixed[] = {0xE4, 0x20AC, 0xD83D, 0xDE00, 0};
  to_narrow(mixed, -1, 0, 16);
  WCHAR lone[] = {'a', 0xD800, 'b', 0};
  to_narrow(lone, -1, 0, 16);
  to_narrow(lone, -1, WC_ERR_INVALID_CHARS, 16);
  to_narrow(NULL, -1, 0, 16);
  return 0;
}
