// DisconnectNamedPipe: what is pending fails, what was not read is lost, and the client's end is dead.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-disconnect"

static void tell(const char *what, BOOL done, DWORD bytes) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u, %u bytes\n", what, done, (unsigned)error, (unsigned)bytes);
}

int main(void) {
  HANDLE server =
      CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 256, 256, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  OVERLAPPED at_server = {0}, at_client = {0}, other = {0};
  at_server.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  at_client.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  other.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  char buffer[16];
  DWORD bytes = 0;

  BOOL done = ReadFile(client, buffer, sizeof buffer, NULL, &at_client);
  tell("client reads", done, 0);
  done = WriteFile(client, "lost", 4, &bytes, &other);
  tell("client writes", done, bytes);
  printf("disconnect: %d\n", DisconnectNamedPipe(server));
  done = GetOverlappedResult(client, &at_client, &bytes, TRUE);
  tell("client's read", done, bytes);
  printf("status 0x%08x\n", (unsigned)at_client.Internal);

  bytes = 0;
  done = ReadFile(server, buffer, sizeof buffer, &bytes, &at_server);
  tell("server reads", done, bytes);
  done = WriteFile(server, "more", 4, &bytes, &at_server);
  tell("server writes", done, bytes);
  done = ReadFile(client, buffer, sizeof buffer, &bytes, &at_client);
  tell("client reads", done, bytes);
  done = WriteFile(client, "more", 4, &bytes, &at_client);
  tell("client writes", done, bytes);
  done = PeekNamedPipe(client, NULL, 0, NULL, &bytes, NULL);
  tell("client peeks", done, 0);
  done = DisconnectNamedPipe(client);
  tell("client disconnects", done, 0);

  done = ConnectNamedPipe(server, &at_server);
  tell("server listens again", done, 0);
  done = ReadFile(server, buffer, sizeof buffer, &bytes, &other);
  tell("server reads while listening", done, 0);
  done = PeekNamedPipe(server, NULL, 0, NULL, &bytes, NULL);
  tell("server peeks while listening", done, 0);
  HANDLE second = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  printf("another client: %d\n", second != INVALID_HANDLE_VALUE);
  done = GetOverlappedResult(server, &at_server, &bytes, TRUE);
  tell("connected", done, 0);
  done = WriteFile(second, "new", 3, &bytes, NULL);
  tell("it writes", done, bytes);
  bytes = 0;
  done = ReadFile(server, buffer, sizeof buffer, &bytes, &at_server);
  tell("server reads", done, bytes);
  done = WriteFile(client, "old", 3, &bytes, &at_client);
  tell("the old client writes", done, bytes);
  CloseHandle(client);
  done = WriteFile(second, "still", 5, &bytes, NULL);
  tell("the new one writes", done, bytes);
  CloseHandle(second);
  CloseHandle(server);
  CloseHandle(at_server.hEvent);
  CloseHandle(at_client.hEvent);
  CloseHandle(other.hEvent);
  return 0;
}
