// Two children get the same pipe as their input, one after the other: what is written when the first has been
// terminated is the second's. None of them flushes its output.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static HANDLE reader, to_child;
static char text[300];
static DWORD length;

static int child(char which) {
  if (which == 'p') {
    for (int i = 0; i < 3; i++) printf("progress %d\n", i);
    Sleep(INFINITE);
  }
  char line[50];
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\r\n")] = 0;
    printf("echo [%s]\n", line);
  }
  printf("end of input\n");
  return 4;
}

static HANDLE start(char which, STARTUPINFOA *startup) {
  char self[MAX_PATH], line[MAX_PATH + 10];
  PROCESS_INFORMATION process = {NULL};
  GetModuleFileNameA(NULL, self, sizeof self);
  sprintf(line, "\"%s\" %c", self, which);
  if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, startup, &process))
    printf("CreateProcess error %lu\n", GetLastError());
  CloseHandle(process.hThread);
  return process.hProcess;
}

/// Reads until `wanted` is there, or the end, and prints it.
static void show_until(const char *wanted) {
  DWORD bytes;
  length = 0;
  text[0] = 0;
  while (!strstr(text, wanted) && ReadFile(reader, text + length, sizeof text - length - 1, &bytes, NULL)) {
    length += bytes;
    text[length] = 0;
  }
  for (char *at = text; *at; at++)
    if (*at != '\r') putchar(*at);
}

int main(int count, char **arguments) {
  if (count > 1) return child(arguments[1][0]);
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  STARTUPINFOA startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
  CreatePipe(&reader, &startup.hStdOutput, &inheritable, 0);
  CreatePipe(&startup.hStdInput, &to_child, &inheritable, 0);
  startup.hStdError = startup.hStdOutput;
  SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(to_child, HANDLE_FLAG_INHERIT, 0);

  HANDLE process = start('p', &startup);
  show_until("progress 2");
  TerminateProcess(process, 1);
  WaitForSingleObject(process, INFINITE);
  process = start('e', &startup);
  CloseHandle(startup.hStdOutput);
  CloseHandle(startup.hStdInput);
  static const char *const lines[] = {"one\n", "two\n", "three\n"};
  for (int i = 0; i < 3; i++) {
    DWORD bytes;
    WriteFile(to_child, lines[i], (DWORD)strlen(lines[i]), &bytes, NULL);
    show_until("]");
  }
  CloseHandle(to_child);
  show_until("nothing");
  DWORD code = 0;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  printf("exit code %lu\n", code);
  return 0;
}
