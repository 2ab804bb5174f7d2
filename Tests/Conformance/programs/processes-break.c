// A child that DebugBreak ends: its exit code is that of the breakpoint.
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(int count, char **arguments) {
  char command[MAX_PATH + 16], self[MAX_PATH];
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  DWORD code = 0;
  (void)arguments;
  if (count > 1) {
    DebugBreak();
    return 5;
  }
  // A debugger that comes up may print, but not here.
  HANDLE nowhere = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, &inheritable, OPEN_EXISTING, 0, NULL);
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = startup.hStdOutput = startup.hStdError = nowhere;
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "\"%s\" break", self);
  printf("started: %d\n", CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information));
  WaitForSingleObject(information.hProcess, INFINITE);
  GetExitCodeProcess(information.hProcess, &code);
  printf("code %lx, a debugger is here: %d\n", code, IsDebuggerPresent());
  return 0;
}
