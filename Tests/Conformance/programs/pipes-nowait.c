// PIPE_NOWAIT: reads of an empty pipe fail, writes that do not fit write nothing and succeed.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-nowait"

static char sent[100], got[100];

static void probe(const char *what, DWORD type) {
  printf("-- %s\n", what);
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, type | PIPE_NOWAIT, 1, 40, 40, 0, NULL);
  BOOL done = ConnectNamedPipe(server, NULL);
  printf("listen: %d, error %u\n", done, (unsigned)GetLastError());
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  DWORD bytes = 0;
  done = ReadFile(server, got, sizeof got, &bytes, NULL);
  printf("read of nothing: %d, error %u\n", done, (unsigned)GetLastError());
  for (int i = 0; i < 3; i++) {
    bytes = 99;
    done = WriteFile(server, sent, 30, &bytes, NULL);
    printf("write 30: %d, %u\n", done, (unsigned)bytes);
  }
  done = ReadFile(client, got, sizeof got, &bytes, NULL);
  printf("client reads: %d, %u\n", done, (unsigned)bytes);
  CloseHandle(client);
  done = ReadFile(server, got, sizeof got, &bytes, NULL);
  printf("read from nobody: %d, error %u\n", done, (unsigned)GetLastError());
  CloseHandle(server);
}

int main(void) {
  memset(sent, 'x', sizeof sent);
  probe("bytes", PIPE_TYPE_BYTE);
  probe("messages", PIPE_TYPE_MESSAGE);
  return 0;
}
