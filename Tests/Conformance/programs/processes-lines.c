// Lines are written when they end: a program's come before its child's, and those of one that is terminated are there.
#include <stdio.h>
#include <windows.h>

int main(int count, char **arguments) {
  if (count > 1) {
    printf("the child\n");
    printf("a line that does not end");
    TerminateProcess(GetCurrentProcess(), 3);
  }
  char self[MAX_PATH], line[MAX_PATH + 10];
  GetModuleFileNameA(NULL, self, sizeof self);
  sprintf(line, "\"%s\" child", self);
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION process;
  DWORD code = 0, bytes;
  printf("before the child\n");
  if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) return 1;
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &code);
  printf("behind it: %lu\n", code);
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "straight\n", 9, &bytes, NULL);
  printf("the last\n");
  return 0;
}
