// Which ends of a program call what it gave to atexit, and write what is in its streams.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static void given_first(void) {
  printf("first given\n");
  fflush(stdout);
}

static void given_last(void) {
  printf("last given\n");
  fflush(stdout);
}

static DWORD WINAPI exits(LPVOID unused) {
  ExitProcess(7);
  return 0;
}

static DWORD WINAPI ends_last(LPVOID first_thread) {
  WaitForSingleObject(first_thread, INFINITE);
  printf("last thread\n");
  return 9;
}

static int child(char way) {
  atexit(given_first);
  atexit(given_last);
  printf("in the stream\n");
  switch (way) {
  case 'r':
    return 5;
  case 'x':
    exit(4);
  case 'q':
    fflush(stdout);
    _exit(6);
  case 'e':
    ExitProcess(3);
  case 't':
    CreateThread(NULL, 0, exits, NULL, 0, NULL);
    Sleep(INFINITE);
    break;
  case 'l': {
    HANDLE process = GetCurrentProcess(), self;
    DuplicateHandle(process, GetCurrentThread(), process, &self, SYNCHRONIZE, FALSE, 0);
    CreateThread(NULL, 0, ends_last, self, 0, NULL);
    ExitThread(1);
  }
  case 'k':
    fflush(stdout);
    TerminateProcess(GetCurrentProcess(), 10);
  }
  return 0;
}

int main(int count, char **arguments) {
  if (count > 1) return child(arguments[1][0]);
  char self[MAX_PATH], line[MAX_PATH + 10];
  GetModuleFileNameA(NULL, self, sizeof self);
  for (const char *way = "rxqetlk"; *way; way++) {
    STARTUPINFOA startup = {sizeof startup};
    PROCESS_INFORMATION process;
    printf("%c:\n", *way);
    fflush(stdout);
    sprintf(line, "\"%s\" %c", self, *way);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process)) return 1;
    WaitForSingleObject(process.hProcess, INFINITE);
    DWORD code = 0;
    GetExitCodeProcess(process.hProcess, &code);
    printf("exit code %lu\n", code);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
  }
  return 0;
}
