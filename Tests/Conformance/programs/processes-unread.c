// A child that writes into a pipe whose reader is gone: the call fails, and the child goes on.
#include <stdio.h>
#include <string.h>
#include <windows.h>

/// Writes when it is told to, until it cannot any more, and says in its exit code why.
static int child(void) {
  char byte;
  DWORD moved;
  ReadFile(GetStdHandle(STD_INPUT_HANDLE), &byte, 1, &moved, NULL);
  while (WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "unread", 6, &moved, NULL));
  return (int)GetLastError();
}

int main(int argc, char **argv) {
  if (argc > 1) return child();
  SECURITY_ATTRIBUTES inherits = {sizeof inherits, NULL, TRUE};
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  HANDLE input[2], output[2];
  char command[MAX_PATH + 8];
  DWORD moved, code;
  CreatePipe(&input[0], &input[1], &inherits, 0);
  CreatePipe(&output[0], &output[1], &inherits, 0);
  SetHandleInformation(input[1], HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(output[0], HANDLE_FLAG_INHERIT, 0);
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = input[0];
  startup.hStdOutput = output[1];
  startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  snprintf(command, sizeof command, "\"%s\" child", argv[0]);
  BOOL started = CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information);
  CloseHandle(input[0]);
  CloseHandle(output[1]);
  CloseHandle(output[0]);
  printf("started: %d, told: %d\n", started, WriteFile(input[1], "x", 1, &moved, NULL));
  WaitForSingleObject(information.hProcess, INFINITE);
  GetExitCodeProcess(information.hProcess, &code);
  printf("its write: error %lu\n", code);
  CloseHandle(input[1]);
  CloseHandle(information.hProcess);
  CloseHandle(information.hThread);
  return 0;
}
