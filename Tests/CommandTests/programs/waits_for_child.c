// Waits for a child with a time-out and looks now and then: the child needs real time, however the threads are ordered.
#include <stdio.h>
#include <windows.h>

static HANDLE start_child(const char *self) {
  char line[MAX_PATH + 16];
  snprintf(line, sizeof line, "\"%s\" child", self);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION child;
  if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child)) ExitProcess(2);
  CloseHandle(child.hThread);
  return child.hProcess;
}

int main(int count, char **arguments) {
  if (count > 1) return 7;
  char self[MAX_PATH];
  DWORD code = 0;
  GetModuleFileNameA(NULL, self, sizeof self);
  HANDLE child = start_child(self);
  if (WaitForSingleObject(child, 20000) != WAIT_OBJECT_0 || !GetExitCodeProcess(child, &code) || code != 7) return 3;
  CloseHandle(child);
  child = start_child(self);
  for (int looks = 0; looks < 400 && WaitForSingleObject(child, 0) == WAIT_TIMEOUT; looks++) Sleep(50);
  if (!GetExitCodeProcess(child, &code) || code != 7) return 4;
  CloseHandle(child);
  return 0;
}
