// Whose the two ends of a named pipe are: within one process, and with a child as the client.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-process-ids"

static const char *who(ULONG process, ULONG other) {
  return process == GetCurrentProcessId() ? "this one" : process == other ? "the other" : process ? "?" : "nobody";
}

static void tell(const char *what, HANDLE pipe, ULONG other) {
  ULONG server = 77, client = 77;
  BOOL has_server = GetNamedPipeServerProcessId(pipe, &server);
  BOOL has_client = GetNamedPipeClientProcessId(pipe, &client);
  printf("%s: server %d, %s; client %d, %s\n", what, has_server, who(server, other), has_client, who(client, other));
}

int main(int count, char **arguments) {
  if (count > 1) {
    // Its parent may not listen yet.
    HANDLE pipe = INVALID_HANDLE_VALUE;
    while (pipe == INVALID_HANDLE_VALUE) {
      WaitNamedPipeA(NAME, NMPWAIT_WAIT_FOREVER);
      pipe = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    }
    ULONG parent = 0;
    DWORD bytes = 0;
    ReadFile(pipe, &parent, sizeof parent, &bytes, NULL);
    tell("in the child", pipe, parent);
    fflush(stdout);
    WriteFile(pipe, "!", 1, &bytes, NULL);
    return 0;
  }
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 2, 0, 0, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  tell("the server", server, 0);
  tell("its client", client, 0);
  CloseHandle(client);
  DisconnectNamedPipe(server);

  char program[MAX_PATH], line[MAX_PATH + 16], byte;
  GetModuleFileNameA(NULL, program, sizeof program);
  snprintf(line, sizeof line, "\"%s\" child", program);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION information;
  fflush(stdout);
  CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information);
  ConnectNamedPipe(server, NULL);
  ULONG own = GetCurrentProcessId();
  DWORD bytes = 0;
  WriteFile(server, &own, sizeof own, &bytes, NULL);
  ReadFile(server, &byte, 1, &bytes, NULL);
  tell("the server of a child", server, information.dwProcessId);
  fflush(stdout);
  WaitForSingleObject(information.hProcess, INFINITE);
  BOOL done = GetNamedPipeClientProcessId(NULL, &own);
  printf("no handle: %d, error %lu\n", done, GetLastError());
  return 0;
}
