// An exit code has 32 bits, whether it is returned, given to ExitProcess, or to TerminateProcess.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static void start_and_wait(const char *how, const char *code) {
  char path[MAX_PATH], command[MAX_PATH + 64];
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  DWORD exit_code = 0;
  GetModuleFileNameA(NULL, path, sizeof path);
  snprintf(command, sizeof command, "\"%s\" %s %s", path, how, code);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) return;
  if (!strcmp(how, "wait")) TerminateProcess(information.hProcess, strtoul(code, NULL, 0));
  WaitForSingleObject(information.hProcess, INFINITE);
  BOOL done = GetExitCodeProcess(information.hProcess, &exit_code);
  printf("%s %s: %d %lu\n", how, code, done, exit_code);
  CloseHandle(information.hProcess);
  CloseHandle(information.hThread);
}

static DWORD WINAPI exits(LPVOID code) {
  ExitProcess((UINT)(ULONG_PTR)code);
  return 0;
}

int main(int argc, char **argv) {
  static const char *codes[] = {"0", "1", "255", "256", "259", "1000", "0xC000013A", "0xFFFFFFFF"};
  if (argc > 2) {
    DWORD code = strtoul(argv[2], NULL, 0);
    if (!strcmp(argv[1], "return")) return (int)code;
    if (!strcmp(argv[1], "exit")) exit((int)code);
    if (!strcmp(argv[1], "ExitProcess")) ExitProcess(code);
    if (!strcmp(argv[1], "self")) TerminateProcess(GetCurrentProcess(), code);
    if (!strcmp(argv[1], "thread")) CreateThread(NULL, 0, exits, (LPVOID)(ULONG_PTR)code, 0, NULL);
    Sleep(INFINITE);
  }
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    start_and_wait("return", codes[i]);
    start_and_wait("exit", codes[i]);
    start_and_wait("ExitProcess", codes[i]);
    start_and_wait("self", codes[i]);
    start_and_wait("thread", codes[i]);
    start_and_wait("wait", codes[i]);
  }
  return 0;
}
