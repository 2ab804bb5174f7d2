// OpenProcess: of a child, of this process and of none; what a handle without a right is good for.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) Sleep(INFINITE);
  char self[MAX_PATH], command[] = "child wait";
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  GetModuleFileNameA(NULL, self, sizeof self);
  if (!CreateProcessA(self, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) return 1;
  HANDLE opened = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, information.dwProcessId);
  printf("child: %d, the same id %d\n", opened != NULL, GetProcessId(opened) == information.dwProcessId);
  printf("runs: %lu\n", WaitForSingleObject(opened, 0));
  SetLastError(0);
  BOOL done = TerminateProcess(opened, 1);
  printf("no right to end it: %d error %lu\n", done, GetLastError());
  HANDLE strong = OpenProcess(PROCESS_TERMINATE, FALSE, information.dwProcessId);
  printf("ended: %d\n", TerminateProcess(strong, 31));
  CloseHandle(strong);
  DWORD code = 0;
  printf("wait: %lu", WaitForSingleObject(opened, INFINITE));
  done = GetExitCodeProcess(opened, &code);
  printf(" code: %d %lu\n", done, code);
  CloseHandle(opened);
  CloseHandle(information.hProcess);
  CloseHandle(information.hThread);

  opened = OpenProcess(PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId());
  done = GetExitCodeProcess(opened, &code);
  printf("myself: %d %d %lu, id %d\n", opened != NULL, done, code, GetProcessId(opened) == GetCurrentProcessId());
  CloseHandle(opened);
  SetLastError(0);
  opened = OpenProcess(SYNCHRONIZE, FALSE, 0x7FFFFFFC);
  printf("none: %d error %lu\n", opened != NULL, GetLastError());
  return 0;
}
