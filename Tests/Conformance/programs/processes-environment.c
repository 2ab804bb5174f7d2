// A child's environment, narrow and wide, its working directory, and CreateProcessW.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static WCHAR self[MAX_PATH];

static void run(const WCHAR *arguments, void *environment, DWORD flags, const WCHAR *directory) {
  WCHAR command[MAX_PATH + 64];
  STARTUPINFOW startup = {sizeof startup};
  PROCESS_INFORMATION information;
  wcscpy(command, L"\"");
  wcscat(command, self);
  wcscat(command, L"\" ");
  wcscat(command, arguments);
  fflush(stdout);
  SetLastError(0);
  if (!CreateProcessW(self, command, NULL, NULL, FALSE, flags, environment, directory, &startup, &information)) {
    printf("error %lu\n", GetLastError());
    return;
  }
  DWORD code;
  WaitForSingleObject(information.hProcess, INFINITE);
  GetExitCodeProcess(information.hProcess, &code);
  printf("code %lu, ids %d %d\n", code, GetProcessId(information.hProcess) == information.dwProcessId,
         GetThreadId(information.hThread) == information.dwThreadId);
  CloseHandle(information.hThread);
  CloseHandle(information.hProcess);
}

static void show(const char *name) {
  char value[64];
  DWORD length = GetEnvironmentVariableA(name, value, sizeof value);
  printf("  %s=%s\n", name, length ? value : "(none)");
}

int main(int argc, char **argv) {
  if (argc > 1) {
    char directory[MAX_PATH];
    GetCurrentDirectoryA(sizeof directory, directory);
    printf("  %s in %s\n", argv[1], strstr(directory, "lw-") ? strstr(directory, "lw-") : "the same place");
    show("LW_FIRST");
    show("LW_SECOND");
    STARTUPINFOA startup;
    memset(&startup, 1, sizeof startup);
    GetStartupInfoA(&startup);
    return (int)strlen(argv[1]) + (startup.cb == sizeof startup ? 0 : 100);
  }
  GetModuleFileNameW(NULL, self, MAX_PATH);
  SetEnvironmentVariableA("LW_FIRST", "inherited");
  run(L"inherits", NULL, 0, NULL);
  run(L"narrow", "LW_FIRST=one\0LW_SECOND=two\0", 0, NULL);
  run(L"wide", L"LW_SECOND=deux\0LW_THIRD=trois\0", CREATE_UNICODE_ENVIRONMENT, NULL);
  CreateDirectoryA("lw-work", NULL);
  run(L"elsewhere", NULL, 0, L"lw-work");
  RemoveDirectoryA("lw-work");
  run(L"nowhere", NULL, 0, L"lw-none");

  STARTUPINFOW startup = {sizeof startup};
  PROCESS_INFORMATION information;
  WCHAR missing[] = L"lw-no-such-program argument";
  BOOL done = CreateProcessW(NULL, missing, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information);
  printf("missing: %d error %lu\n", done, GetLastError());
  done = CreateProcessW(L"lw-none\\program.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information);
  printf("in no folder: %d error %lu\n", done, GetLastError());
  return 0;
}
