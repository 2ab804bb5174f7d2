// A process whose first thread ends by ExitThread goes on until its last thread has ended, with that one's exit code;
// and a file that is no program.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static HANDLE first;

static DWORD WINAPI outlive(LPVOID parameter) {
  DWORD code = 0;
  WaitForSingleObject(first, INFINITE);
  GetExitCodeThread(first, &code);
  return (DWORD)(ULONG_PTR)parameter + code;
}

static void child(const char *what) {
  DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &first, 0, FALSE,
                  DUPLICATE_SAME_ACCESS);
  if (strcmp(what, "alone") != 0) CreateThread(NULL, 0, outlive, (LPVOID)(ULONG_PTR)0x12340000, 0, NULL);
  ExitThread(17);
}

static void run(const char *self, const char *what) {
  char line[MAX_PATH + 16];
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  DWORD code = 0, thread_code = 0;
  snprintf(line, sizeof line, "\"%s\" %s", self, what);
  if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) {
    printf("%s: error %lu\n", what, GetLastError());
    return;
  }
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &code);
  GetExitCodeThread(process.hThread, &thread_code);
  printf("%s: exit code 0x%lx\n", what, code);
  CloseHandle(process.hProcess);
  CloseHandle(process.hThread);
}

int main(int count, char **arguments) {
  if (count > 1) child(arguments[1]);
  char self[MAX_PATH];
  GetModuleFileNameA(NULL, self, MAX_PATH);
  run(self, "alone");
  run(self, "outlived");

  DWORD bytes;
  HANDLE file = CreateFileA("no-program.exe", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  WriteFile(file, "nothing of the kind", 19, &bytes, NULL);
  CloseHandle(file);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  BOOL done = CreateProcessA("no-program.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process);
  printf("no program: %d, error %lu\n", done, GetLastError());
  DeleteFileA("no-program.exe");
  return 0;
}
