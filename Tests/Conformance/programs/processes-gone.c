// A child that ends without reading its input: writing to the pipe fails then, and a full pipe does not hold the
// parent.
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) return 5;
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
  HANDLE in_read, in_write, out_read, out_write;
  char self[MAX_PATH], command[MAX_PATH + 20];
  static char bytes[300000];
  DWORD moved;
  CreatePipe(&in_read, &in_write, &inherit, 0);
  CreatePipe(&out_read, &out_write, &inherit, 0);
  SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "\"%s\" x", self);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = in_read;
  startup.hStdOutput = startup.hStdError = out_write;
  printf("started %d\n", CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information));
  CloseHandle(in_read);
  CloseHandle(out_write);
  WaitForSingleObject(information.hProcess, INFINITE);
  // The end of its output says that all of its handles are closed.
  BOOL done = ReadFile(out_read, bytes, sizeof bytes, &moved, NULL);
  printf("read %d, error %lu\n", done, GetLastError());
  do done = WriteFile(in_write, bytes, sizeof bytes, &moved, NULL);
  while (done);
  // Before or while: it depends on who is first.
  printf("write %d, a broken pipe %d\n", done, GetLastError() == ERROR_NO_DATA || GetLastError() == ERROR_BROKEN_PIPE);
  GetExitCodeProcess(information.hProcess, &moved);
  printf("exit code %lu\n", moved);
  CloseHandle(in_write);
  CloseHandle(out_read);
  CloseHandle(information.hProcess);
  CloseHandle(information.hThread);
  return 0;
}
