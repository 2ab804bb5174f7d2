// <strsafe.h>: what fits is there, ended, and the result says whether that is all.
#include <stdio.h>
#include <windows.h>

#include <strsafe.h>

int main(void) {
  char text[8];
  HRESULT result = StringCchPrintfA(text, 8, "%d-%s", 12, "abcdefgh");
  printf("%08lx %s\n", result, text);
  result = StringCchCopyA(text, 8, "exactly8");
  printf("%08lx %s\n", result, text);
  result = StringCchCopyA(text, 8, "seven..");
  printf("%08lx %s\n", result, text);
  result = StringCchCatA(text, 8, "z");
  printf("%08lx %s\n", result, text);
  text[3] = 0;
  result = StringCchCatA(text, 8, "wow");
  printf("%08lx %s %d\n", result, text, SUCCEEDED(result));
  size_t length = 99;
  result = StringCchLengthA(text, 8, &length);
  printf("%08lx %d\n", result, (int)length);
  result = StringCchLengthA(text, 3, &length);
  printf("%08lx %d\n", result, FAILED(result));
  result = StringCchCopyA(text, 0, "x");
  printf("%08lx\n", result);
  result = StringCchCopyNA(text, 8, "abcdef", 2);
  printf("%08lx %s\n", result, text);

  WCHAR wide[6];
  result = StringCbCopyW(wide, sizeof wide, L"123456789");
  printf("%08lx %ls\n", result, wide);
  result = StringCbPrintfW(wide, sizeof wide, L"%d%s", 77, L"ab");
  printf("%08lx %ls\n", result, wide);
  result = StringCbCatW(wide, sizeof wide, L"c");
  printf("%08lx %ls\n", result, wide);
  result = StringCbLengthW(wide, sizeof wide, &length);
  printf("%08lx %d\n", result, (int)length);
  TCHAR either[20];
  StringCchPrintf(either, 20, TEXT("%lu"), 5ul);
  printf("%d\n", lstrlen(either));
  return 0;
}
