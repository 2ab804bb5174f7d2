// TerminateProcess: the code, and what a second call says.
// wine-differs: Wine 8.0 answers TRUE to TerminateProcess of an ended process; documented is ERROR_ACCESS_DENIED:
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess
#include <stdio.h>
#include <windows.h>

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) Sleep(INFINITE);
  char self[MAX_PATH], command[] = "child wait";
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  GetModuleFileNameA(NULL, self, sizeof self);
  if (!CreateProcessA(self, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) return 1;
  DWORD code = 0;
  printf("runs: %lu\n", WaitForSingleObject(information.hProcess, 10));
  printf("ended: %d\n", TerminateProcess(information.hProcess, 0x12345678));
  printf("wait: %lu\n", WaitForSingleObject(information.hProcess, INFINITE));
  SetLastError(0);
  BOOL again = TerminateProcess(information.hProcess, 1);
  printf("again: %d error %lu\n", again, GetLastError());
  GetExitCodeProcess(information.hProcess, &code);
  printf("code %lx, thread %lu", code, WaitForSingleObject(information.hThread, 1000));
  GetExitCodeThread(information.hThread, &code);
  printf(" code %lx\n", code);
  CloseHandle(information.hThread);
  CloseHandle(information.hProcess);
  SetLastError(0);
  BOOL none = TerminateProcess(NULL, 1);
  printf("NULL: %d error %lu\n", none, GetLastError());
  return 0;
}
