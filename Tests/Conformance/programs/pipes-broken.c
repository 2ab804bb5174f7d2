// The other end is closed: pending reads fail, data comes before the error, writes fail.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-broken"

static HANDLE server, client;
static OVERLAPPED read_of_server, write_of_server;
static char buffer[16];

static void open_both(void) {
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 16, 16, 0, NULL);
  client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static void tell(const char *what, BOOL done, DWORD bytes, const OVERLAPPED *overlapped) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u, %u bytes, status 0x%08x\n", what, done, (unsigned)error, (unsigned)bytes,
         (unsigned)overlapped->Internal);
}

int main(void) {
  DWORD bytes = 0;
  read_of_server.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  write_of_server.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);

  open_both();
  BOOL done = ReadFile(server, buffer, sizeof buffer, NULL, &read_of_server);
  tell("server reads", done, 0, &read_of_server);
  CloseHandle(client);
  done = GetOverlappedResult(server, &read_of_server, &bytes, TRUE);
  tell("the client has gone", done, bytes, &read_of_server);
  done = ReadFile(server, buffer, sizeof buffer, &bytes, &read_of_server);
  tell("server reads again", done, bytes, &read_of_server);
  done = WriteFile(server, "x", 1, &bytes, &write_of_server);
  tell("server writes", done, bytes, &write_of_server);
  CloseHandle(server);

  open_both();
  WriteFile(client, "abcdef", 6, &bytes, NULL);
  CloseHandle(client);
  bytes = 0;
  done = ReadFile(server, buffer, 4, &bytes, &read_of_server);
  tell("data first", done, bytes, &read_of_server);
  bytes = 0;
  done = ReadFile(server, buffer, 4, &bytes, &read_of_server);
  tell("and the rest", done, bytes, &read_of_server);
  done = ReadFile(server, buffer, 4, &bytes, &read_of_server);
  tell("then the end", done, 0, &read_of_server);
  CloseHandle(server);

  open_both();
  done = WriteFile(server, "0123456789abcdef0123", 20, NULL, &write_of_server);
  tell("a write of more than the buffer", done, 0, &write_of_server);
  CloseHandle(client);
  done = GetOverlappedResult(server, &write_of_server, &bytes, TRUE);
  tell("its reader has gone", done, bytes, &write_of_server);
  CloseHandle(server);

  open_both();
  bytes = 0;
  CloseHandle(server);
  done = WriteFile(client, "x", 1, &bytes, NULL);
  printf("client writes to nobody: %d, error %u\n", done, (unsigned)GetLastError());
  done = ReadFile(client, buffer, sizeof buffer, &bytes, NULL);
  printf("client reads from nobody: %d, error %u\n", done, (unsigned)GetLastError());
  done = PeekNamedPipe(client, NULL, 0, NULL, &bytes, NULL);
  printf("client peeks: %d, error %u\n", done, (unsigned)GetLastError());
  CloseHandle(client);
  CloseHandle(read_of_server.hEvent);
  CloseHandle(write_of_server.hEvent);
  return 0;
}
