// The system's text of error codes. HRESULTs of Win32 codes have the code's text; a code without a text is error 317.
// wine-differs: Wine has short texts of its own ("Access denied."); Windows' are documented ("Access is denied."):
// https://learn.microsoft.com/windows/win32/debug/system-error-codes
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void show(DWORD code, DWORD flags) {
  char text[512];
  SetLastError(0);
  DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | flags, NULL, code, 0, text,
                                sizeof text, NULL);
  if (length == 0)
    printf("%lx: error %lu\n", code, GetLastError());
  else
    printf("%lu: %.*s%s\n", code, (int)strcspn(text, "\r"), text, text[length - 1] == '\n' ? " (line)" : " (no line)");
}

int main(void) {
  static const DWORD codes[] = {0,   1,   2,   3,   5,   6,   8,   32,  38,   80,   87,   109, 121,
                                122, 183, 193, 230, 231, 232, 233, 234, 258,  267,  288,  298, 317,
                                487, 535, 536, 735, 995, 996, 997, 998, 1168, 1225, 1236, 1450};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) show(codes[i], 0);
  for (DWORD code = 10035; code < 10065; code++) show(code, 0);
  show(ERROR_ACCESS_DENIED, FORMAT_MESSAGE_MAX_WIDTH_MASK);
  show(HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED), 0);
  show(3999, 0);
  show(0x12345678, 0);
  WCHAR *wide = NULL;
  DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, ERROR_IO_PENDING, 0,
                                (LPWSTR)&wide, 0, NULL);
  printf("wide: %lu %d\n", length, wcscmp(wide, L"Overlapped I/O operation is in progress.\r\n"));
  printf("freed: %d\n", LocalFree(wide) == NULL);
  return 0;
}
