// A child between two anonymous pipes, which uses its standard handles; and which ends of a pipe are inherited.
#include <stdio.h>
#include <string.h>
#include <windows.h>

/// The child: what comes in goes out in capitals; the exit code is how much it was.
static int shout(void) {
  char text[64];
  DWORD got, written, total = 0;
  HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
  while (ReadFile(in, text, sizeof text, &got, NULL) && got) {
    total += got;
    for (DWORD i = 0; i < got; i++)
      if (text[i] >= 'a' && text[i] <= 'z') text[i] -= 32;
    WriteFile(out, text, got, &written, NULL);
  }
  return (int)total;
}

static void show(const char *name, HANDLE handle) {
  DWORD flags = 77;
  BOOL done = GetHandleInformation(handle, &flags);
  printf("%s: %d, flags %lu\n", name, done, flags);
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) return shout();
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
  HANDLE in_read, in_write, out_read, out_write;
  char self[MAX_PATH], command[MAX_PATH + 20], text[100];
  DWORD moved, total = 0;
  BOOL in = CreatePipe(&in_read, &in_write, &inherit, 0), out = CreatePipe(&out_read, &out_write, &inherit, 0);
  printf("pipes %d %d\n", in, out);
  SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
  SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
  show("the child's end", in_read);
  show("the parent's end", in_write);

  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "\"%s\" x", self);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = in_read;
  startup.hStdOutput = out_write;
  startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  printf("started %d\n", CreateProcessA(self, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information));
  CloseHandle(in_read);
  CloseHandle(out_write);
  BOOL done = WriteFile(in_write, "hello child", 11, &moved, NULL);
  printf("written %d %lu\n", done, moved);
  CloseHandle(in_write);
  while (total < sizeof text - 1 && ReadFile(out_read, text + total, sizeof text - 1 - total, &moved, NULL) && moved)
    total += moved;
  printf("end of output: error %lu\n", GetLastError());
  text[total] = 0;
  printf("[%s]\n", text);
  WaitForSingleObject(information.hProcess, INFINITE);
  GetExitCodeProcess(information.hProcess, &moved);
  printf("exit code %lu\n", moved);
  CloseHandle(out_read);
  CloseHandle(information.hProcess);
  CloseHandle(information.hThread);
  return 0;
}
