// FILE_FLAG_FIRST_PIPE_INSTANCE in a second process: refused while another one has an instance, and no longer.
//
// wine-differs: Wine 8.0 ignores the flag; CreateNamedPipe's page says that the second instance with it fails with
// ERROR_ACCESS_DENIED.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static HANDLE first_instance(void) {
  HANDLE pipe =
      CreateNamedPipeA("\\\\.\\pipe\\latewrite-first-of-two", PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE,
                       PIPE_TYPE_BYTE, 5, 512, 512, 0, NULL);
  printf("first: %d", pipe != INVALID_HANDLE_VALUE);
  if (pipe == INVALID_HANDLE_VALUE) printf(" error %lu", GetLastError());
  printf("\n");
  return pipe;
}

static void run_child(const char *self) {
  char command[MAX_PATH + 16];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" child", self);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) exit(1);
  WaitForSingleObject(information.hProcess, INFINITE);
  CloseHandle(information.hThread);
  CloseHandle(information.hProcess);
}

int main(int count, char **arguments) {
  (void)arguments;
  if (count > 1) return first_instance() == INVALID_HANDLE_VALUE;
  char self[MAX_PATH];
  GetModuleFileNameA(NULL, self, sizeof self);
  HANDLE pipe = first_instance();
  run_child(self);
  CloseHandle(pipe);
  run_child(self);
  pipe = first_instance();
  CloseHandle(pipe);
  return 0;
}
