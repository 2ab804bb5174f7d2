// A child waits for the end of its parent, which it opens by its number.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static PROCESS_INFORMATION start(const char *role, DWORD number) {
  char self[MAX_PATH], command[64];
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "%s %s %lu", role, role, number);
  if (!CreateProcessA(self, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) exit(1);
  return information;
}

int main(int argc, char **argv) {
  if (argc > 2 && !strcmp(argv[1], "middle")) {
    start("watcher", GetCurrentProcessId());
    // The watcher says that it has this process open.
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    return WaitForSingleObject(event, 300) == WAIT_TIMEOUT ? 5 : 6;
  }
  if (argc > 2) {
    HANDLE parent = OpenProcess(SYNCHRONIZE, FALSE, (DWORD)strtoul(argv[2], NULL, 10));
    DWORD moved, result = WaitForSingleObject(parent, 10000);
    HANDLE file = CreateFileA("lw-parent.tmp", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, result == WAIT_OBJECT_0 ? "seen" : "lost", 4, &moved, NULL);
    CloseHandle(file);
    return 0;
  }
  DeleteFileA("lw-parent.tmp");
  PROCESS_INFORMATION middle = start("middle", 0);
  DWORD code = 0, moved = 0;
  printf("wait %lu", WaitForSingleObject(middle.hProcess, INFINITE));
  GetExitCodeProcess(middle.hProcess, &code);
  printf(" code %lu\n", code);
  char text[8] = "";
  for (int i = 0; i < 200 && moved < 4; i++) {
    Sleep(50);
    HANDLE file = CreateFileA("lw-parent.tmp", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) continue;
    ReadFile(file, text, 4, &moved, NULL);
    CloseHandle(file);
  }
  printf("the watcher has %s its parent's end\n", text);
  DeleteFileA("lw-parent.tmp");
  CloseHandle(middle.hThread);
  CloseHandle(middle.hProcess);
  return 0;
}
