// A child with redirected standard handles: overlapped pipes on the parent's side, plain printf and fgets on the
// child's.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static HANDLE pipe_pair(const char *name, DWORD open_mode, DWORD client_access, HANDLE *client) {
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
  HANDLE server = CreateNamedPipeA(name, open_mode | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                   PIPE_TYPE_BYTE | PIPE_WAIT, 1, 4096, 4096, 0, NULL);
  *client = CreateFileA(name, client_access, 0, &inherit, OPEN_EXISTING, 0, NULL);
  if (server == INVALID_HANDLE_VALUE || *client == INVALID_HANDLE_VALUE) {
    printf("pipe: error %lu\n", GetLastError());
    exit(1);
  }
  return server;
}

int main(int argc, char **argv) {
  if (argc > 1) {
    char line[100];
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("child started with %s\n", argv[1]);
    while (fgets(line, sizeof line, stdin)) printf("child read: %s", line);
    fprintf(stderr, "child's error output\n");
    return 7;
  }
  char self[MAX_PATH], command[MAX_PATH + 20];
  HANDLE child_in, child_out, in, out;
  STARTUPINFOA startup = {sizeof startup};
  PROCESS_INFORMATION information;
  in = pipe_pair("\\\\.\\pipe\\exam-in", PIPE_ACCESS_OUTBOUND, GENERIC_READ, &child_in);
  out = pipe_pair("\\\\.\\pipe\\exam-out", PIPE_ACCESS_INBOUND, GENERIC_WRITE, &child_out);
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "\"%s\" argument", self);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = child_in;
  startup.hStdOutput = child_out;
  startup.hStdError = child_out;
  BOOL ok = CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information);
  printf("started %d\n", ok);
  CloseHandle(child_in);
  CloseHandle(child_out);
  CloseHandle(information.hThread);

  OVERLAPPED overlapped = {0};
  DWORD n;
  overlapped.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
  const char *input = "first line\nsecond line\n";
  ok = WriteFile(in, input, strlen(input), NULL, &overlapped);
  if (!ok && GetLastError() == ERROR_IO_PENDING) ok = TRUE;
  ok = ok && GetOverlappedResult(in, &overlapped, &n, TRUE);
  printf("written %d %lu\n", ok, n);
  CloseHandle(in);

  char text[1000];
  DWORD length = 0;
  for (;;) {
    ok = ReadFile(out, text + length, sizeof text - 1 - length, NULL, &overlapped);
    if (!ok && GetLastError() != ERROR_IO_PENDING) break;
    if (!GetOverlappedResult(out, &overlapped, &n, TRUE)) break;
    length += n;
  }
  printf("end of output: error %lu\n", GetLastError());
  text[length] = 0;
  for (char *c = text; *c; c++)
    if (*c != '\r') putchar(*c);
  WaitForSingleObject(information.hProcess, INFINITE);
  GetExitCodeProcess(information.hProcess, &n);
  printf("exit code %lu\n", n);
  return 0;
}
