// GetProcessTimes and GetThreadTimes: what must hold of them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static unsigned long long ticks(const FILETIME *time) {
  return (unsigned long long)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

/// Runs until the thread has used 50 ms.
static DWORD WINAPI work(LPVOID parameter) {
  FILETIME began, ended, kernel, user;
  volatile unsigned turns = 0;
  (void)parameter;
  do {
    for (int i = 0; i < 1000000; i++) turns++;
    if (!GetThreadTimes(GetCurrentThread(), &began, &ended, &kernel, &user)) return 1;
  } while (ticks(&kernel) + ticks(&user) < 500000);
  return 0;
}

static void show(const char *what, BOOL done, const FILETIME times[4], BOOL is_over) {
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  printf("%s: %d began before now %d, ended %d", what, done, ticks(&times[0]) != 0 && ticks(&times[0]) <= ticks(&now),
         is_over ? ticks(&times[1]) >= ticks(&times[0]) && ticks(&times[1]) <= ticks(&now) : 0);
  printf(", used at least 40 ms %d\n", ticks(&times[2]) + ticks(&times[3]) >= 400000);
}

int main(int count, char **arguments) {
  FILETIME times[4];
  char command[MAX_PATH + 16], self[MAX_PATH];
  if (count > 1) return (int)work(NULL);
  (void)arguments;
  HANDLE thread = CreateThread(NULL, 0, work, NULL, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  BOOL done = work(NULL) == 0 && GetThreadTimes(GetCurrentThread(), &times[0], &times[1], &times[2], &times[3]);
  show("this thread", done, times, FALSE);
  done = GetProcessTimes(GetCurrentProcess(), &times[0], &times[1], &times[2], &times[3]);
  show("this process", done, times, FALSE);

  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "\"%s\" work", self);
  CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information);
  WaitForSingleObject(information.hProcess, INFINITE);
  done = GetProcessTimes(information.hProcess, &times[0], &times[1], &times[2], &times[3]);
  show("a child", done, times, TRUE);
  CloseHandle(information.hProcess);
  CloseHandle(information.hThread);

  SetLastError(0);
  done = GetProcessTimes(NULL, &times[0], &times[1], &times[2], &times[3]);
  printf("no process: %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = GetThreadTimes(NULL, &times[0], &times[1], &times[2], &times[3]);
  printf("no thread: %d error %lu\n", done, GetLastError());
  return 0;
}
