// Functions of Microsoft's C run time beside the standard's: numbers in any radix, strings changed in place, aligned
// memory; and the prefixes of temporary names.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static void numbers(void) {
  static const int values[] = {0, 1, -1, 255, -255, 2147483647, -2147483647 - 1};
  char text[80];
  wchar_t wide[80];
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
    for (int radix = 2; radix <= 36; radix += 7) printf("%s ", _itoa(values[i], text, radix));
    printf("%s ", _itoa(values[i], text, 10));
    printf("%s ", _ultoa(values[i], text, 10));
    printf("%ls\n", _itow(values[i], wide, 10));
  }
  puts(_i64toa(-9223372036854775807LL - 1, text, 10));
  puts(_i64toa(-1, text, 16));
  puts(_ui64toa(18446744073709551615ULL, text, 2));
}

static void strings(void) {
  char text[16];
  wchar_t wide[16];
  puts(_strupr(strcpy(text, "aZ1")));
  puts(_strlwr(strcpy(text, "AzZ1")));
  puts(_strrev(strcpy(text, "abcd")));
  puts(_strrev(strcpy(text, "abc")));
  puts(_strrev(strcpy(text, "")));
  printf("%ls ", _wcsupr(wcscpy(wide, L"wide")));
  printf("%ls\n", _wcslwr(wcscpy(wide, L"WIDE")));
}

static void temporary(const WCHAR *prefix) {
  WCHAR wide[MAX_PATH];
  char name[MAX_PATH];
  UINT number = GetTempFileNameW(L".", prefix, 0x991234, wide);
  WideCharToMultiByte(CP_UTF8, 0, wide, -1, name, sizeof name, NULL, NULL);
  printf("%x: %s\n", number, name);
}

int main(void) {
  numbers();
  strings();
  void *memory = _aligned_malloc(100, 256);
  printf("aligned: %d\n", ((size_t)memory & 255) == 0);
  _aligned_free(memory);
  temporary(L"abcdef");
  temporary(L"\x00e4\x4e2d"
            L"bc");
  temporary(L"");
  temporary(NULL);
  return 0;
}
