// A child that is created suspended runs when its thread is resumed; one that is ended before that never runs.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static PROCESS_INFORMATION start(const char *what) {
  char self[MAX_PATH], command[MAX_PATH + 32];
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "child %s", what);
  fflush(stdout);
  if (!CreateProcessA(self, command, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup, &information)) {
    printf("CreateProcess: error %lu\n", GetLastError());
    exit(1);
  }
  return information;
}

static void say(const char *what, HANDLE process) {
  DWORD code = 0;
  GetExitCodeProcess(process, &code);
  printf("%s: wait %lu code %lu\n", what, WaitForSingleObject(process, 50), code);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    printf("child runs with %s and is called %s\n", argv[1], argv[0]);
    fflush(stdout);
    return atoi(argv[1]);
  }
  PROCESS_INFORMATION information = start("21");
  say("suspended", information.hProcess);
  fflush(stdout);
  DWORD first = ResumeThread(information.hThread), second = ResumeThread(information.hThread);
  WaitForSingleObject(information.hProcess, INFINITE);
  printf("count %lu then %lu\n", first, second);
  say("resumed", information.hProcess);
  DWORD code = 0;
  GetExitCodeThread(information.hThread, &code);
  printf("its thread: wait %lu code %lu\n", WaitForSingleObject(information.hThread, 1000), code);
  CloseHandle(information.hThread);
  CloseHandle(information.hProcess);

  information = start("22");
  printf("terminated: %d\n", TerminateProcess(information.hProcess, 99));
  WaitForSingleObject(information.hProcess, INFINITE);
  say("never ran", information.hProcess);
  CloseHandle(information.hThread);
  CloseHandle(information.hProcess);
  return 0;
}
