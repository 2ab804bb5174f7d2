// A program that starts itself with other arguments: exit codes, arguments with spaces and quotes, TerminateProcess.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];

static HANDLE start(const char *arguments) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s", self, arguments);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information)) {
    printf("CreateProcess: error %lu\n", GetLastError());
    exit(1);
  }
  CloseHandle(information.hThread);
  return information.hProcess;
}

static DWORD ended(HANDLE process) {
  DWORD code = 0;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  CloseHandle(process);
  return code;
}

int main(int argc, char **argv) {
  if (argc > 1) {
    if (!strcmp(argv[1], "exit")) ExitProcess((UINT)strtoul(argv[2], NULL, 10));
    if (!strcmp(argv[1], "return")) return atoi(argv[2]);
    if (!strcmp(argv[1], "print"))
      for (int i = 2; i < argc; i++) printf("  %d [%s]\n", i - 2, argv[i]);
    if (!strcmp(argv[1], "wait")) Sleep(INFINITE);
    return 0;
  }
  GetModuleFileNameA(NULL, self, sizeof self);
  printf("returned %lu\n", ended(start("return 3")));
  printf("exited %lu\n", ended(start("exit 200")));
  printf("arguments:\n");
  printf("printed %lu\n",
         ended(start("print one \"two words\" \"\" a\\b \"quote \\\" inside\" \"back\\\\\" c\\\\d e\"f g\"h")));

  HANDLE process = start("wait");
  DWORD code = 0;
  BOOL done = GetExitCodeProcess(process, &code);
  printf("running: %d %lu wait %lu\n", done, code, WaitForSingleObject(process, 0));
  printf("terminate: %d\n", TerminateProcess(process, 55));
  printf("wait: %lu\n", WaitForSingleObject(process, INFINITE));
  printf("terminated %lu\n", ended(process));

  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  char missing[] = "no-such-program-here.exe argument";
  SetLastError(0);
  done = CreateProcessA(NULL, missing, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information);
  printf("missing: %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = TerminateProcess(NULL, 1);
  printf("TerminateProcess(NULL): %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = GetExitCodeProcess(NULL, &code);
  printf("GetExitCodeProcess(NULL): %d error %lu\n", done, GetLastError());
  done = GetExitCodeProcess(GetCurrentProcess(), &code);
  printf("myself: %d %lu, id %d\n", done, code, GetProcessId(GetCurrentProcess()) == GetCurrentProcessId());
  return 0;
}
