// A child gives its output to a child of its own and ends: its end is told at once, and what the other writes arrives.
#include <stdio.h>
#include <windows.h>

static char self[MAX_PATH];

static HANDLE start(char which, HANDLE output) {
  char line[MAX_PATH + 10];
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION process = {NULL};
  sprintf(line, "\"%s\" %c", self, which);
  if (output) {
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = output;
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  }
  if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
    printf("CreateProcess error %lu\n", GetLastError());
  CloseHandle(process.hThread);
  return process.hProcess;
}

static int grandchild(void) {
  HANDLE go = OpenEventA(SYNCHRONIZE, FALSE, "latewrite-grandchild-go");
  printf("the grandchild waited: %lu\n", WaitForSingleObject(go, INFINITE));
  return 6;
}

int main(int count, char **arguments) {
  GetModuleFileNameA(NULL, self, sizeof self);
  if (count > 1 && arguments[1][0] == 'g') return grandchild();
  if (count > 1) {
    CloseHandle(start('g', NULL));
    printf("the child\n");
    return 5;
  }
  HANDLE go = CreateEventA(NULL, TRUE, FALSE, "latewrite-grandchild-go"), reader, writer;
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  CreatePipe(&reader, &writer, &inheritable, 0);
  SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
  HANDLE child = start('c', writer);
  CloseHandle(writer);
  printf("wait %lu\n", WaitForSingleObject(child, INFINITE));
  DWORD code = 0, bytes = 0;
  GetExitCodeProcess(child, &code);
  printf("exit code %lu\n", code);

  char text[200];
  DWORD length = 0;
  BOOL done = ReadFile(reader, text, sizeof text, &length, NULL);
  printf("read %d, more %d\n", done, PeekNamedPipe(reader, NULL, 0, NULL, &bytes, NULL));
  SetEvent(go);
  while (ReadFile(reader, text + length, sizeof text - length, &bytes, NULL)) length += bytes;
  printf("error %lu\n", GetLastError());
  for (DWORD i = 0; i < length; i++)
    if (text[i] != '\r') putchar(text[i]);
  return 0;
}
