// Exit codes of 32 bits, by every way of ending; TerminateProcess of what has ended.
// wine-differs: Wine 8.0 answers TRUE to TerminateProcess of an ended process; documented is ERROR_ACCESS_DENIED:
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static HANDLE start(const char *way, const char *code) {
  char self[MAX_PATH], command[MAX_PATH + 64];
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "\"%s\" %s %s", self, way, code);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) exit(1);
  CloseHandle(information.hThread);
  return information.hProcess;
}

static void probe(const char *way, const char *code) {
  DWORD found = 0;
  HANDLE process = start(way, code);
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &found);
  printf("%s %s: %lx\n", way, code, found);
  CloseHandle(process);
}

int main(int argc, char **argv) {
  if (argc > 2) {
    UINT code = (UINT)strtoul(argv[2], NULL, 0);
    if (!strcmp(argv[1], "return")) return (int)code;
    if (!strcmp(argv[1], "exit")) exit((int)code);
    if (!strcmp(argv[1], "ExitProcess")) ExitProcess(code);
    if (!strcmp(argv[1], "TerminateProcess")) TerminateProcess(GetCurrentProcess(), code);
    Sleep(INFINITE);
  }
  static const char *const ways[] = {"return", "exit", "ExitProcess", "TerminateProcess"};
  static const char *const codes[] = {"0", "1", "255", "256", "1000", "0xDEADBEEF", "0xFFFFFFFF"};
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 7; j++) probe(ways[i], codes[j]);
  HANDLE process = start("wait", "0");
  printf("ended: %d\n", TerminateProcess(process, 0x12345678));
  WaitForSingleObject(process, INFINITE);
  SetLastError(0);
  BOOL again = TerminateProcess(process, 1);
  printf("again: %d error %lu\n", again, GetLastError());
  DWORD code = 0;
  GetExitCodeProcess(process, &code);
  printf("code %lx\n", code);
  CloseHandle(process);
  return 0;
}
