// Module handles, the command line, its splitting, and the machine.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void split(const WCHAR *line) {
  int count = 0;
  LPWSTR *words = CommandLineToArgvW(line, &count);
  printf("%d:", count);
  for (int i = 0; i < count; i++) {
    char narrow[64];
    WideCharToMultiByte(CP_UTF8, 0, words[i], -1, narrow, sizeof narrow, NULL, NULL);
    printf(" [%s]", narrow);
  }
  printf(" freed %d\n", LocalFree(words) == NULL);
}

int main(void) {
  HMODULE own = GetModuleHandleA(NULL);
  printf("own: %d %d\n", own != NULL, own == GetModuleHandleW(NULL));
  printf("kernel32: %d %d\n", GetModuleHandleA("kernel32.dll") != NULL,
         GetModuleHandleA("KERNEL32") == GetModuleHandleW(L"kernel32.dll"));
  SetLastError(0);
  printf("none: %d", GetModuleHandleA("no-such-library.dll") == NULL);
  printf(" error %lu\n", GetLastError());
  SetLastError(0);
  printf("load: %d", LoadLibraryA("no-such-library.dll") == NULL);
  printf(" error %lu\n", GetLastError());
  SetLastError(0);
  printf("procedure: %d", GetProcAddress(GetModuleHandleA("kernel32.dll"), "NoSuchProcedure") == NULL);
  printf(" error %lu\n", GetLastError());
  char path[MAX_PATH];
  WCHAR wide[MAX_PATH];
  DWORD length = GetModuleFileNameA(own, path, sizeof path);
  printf("path: %d, backslash %d, drive %d\n", length == GetModuleFileNameW(NULL, wide, MAX_PATH),
         strrchr(path, '\\') != NULL, path[1] == ':');
  printf("command line: %d %d\n", strlen(GetCommandLineA()) > 0,
         wcslen(GetCommandLineW()) == strlen(GetCommandLineA()));

  split(L"program one two");
  split(L"\"a program\" \"two words\" \"\" last");
  split(L"p a\\b \"c d\\\\\" e\\\"f \"g\"h");
  split(L"p   spaced\tout  ");
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  printf("machine: %d %d %d\n", info.dwPageSize == 4096, info.dwAllocationGranularity == 65536,
         info.dwNumberOfProcessors > 0);
  char name[MAX_COMPUTERNAME_LENGTH + 1];
  DWORD size = sizeof name;
  BOOL done = GetComputerNameA(name, &size);
  printf("computer: %d %d\n", done, size == strlen(name));
  size = 0;
  SetLastError(0);
  done = GetComputerNameA(name, &size);
  printf("no room: %d error %lu\n", done, GetLastError());
  printf("debugger: %d\n", IsDebuggerPresent());
  OutputDebugStringA("nobody hears this\n");
  return 0;
}
