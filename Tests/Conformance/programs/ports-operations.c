// Which operations of a bound file queue a packet: those that end at once with success, those that were pending,
// however they end; not those that fail at once, and not those whose event has its low bit set. The key comes with
// each.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static HANDLE port;

static void get(const char *what, const OVERLAPPED *expected) {
  DWORD bytes = 77;
  ULONG_PTR key = 77;
  LPOVERLAPPED overlapped = NULL;
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 200);
  DWORD error = done ? 0 : GetLastError();
  printf("  %s: %d bytes %lu key %d mine %d error %lu\n", what, done, bytes, (int)key, overlapped == expected, error);
}

static void started(const char *what, BOOL done) {
  printf("%s: %d error %lu\n", what, done, done ? 0 : GetLastError());
}

int main(void) {
  const char *name = "\\\\.\\pipe\\ports-operations";
  char buffer[64], text[] = "late write";
  DWORD bytes;
  OVERLAPPED first = {0}, second = {0};
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  HANDLE server =
      CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 512, 512, 0, NULL);
  CreateIoCompletionPort(server, port, 5, 0);

  started("connect, nobody there", ConnectNamedPipe(server, &first));
  get("not yet", NULL);
  HANDLE client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  get("the client came", &first);
  started("connect again", ConnectNamedPipe(server, &first));
  get("nothing", NULL);

  started("read, nothing there", ReadFile(server, buffer, sizeof buffer, NULL, &first));
  get("not yet", NULL);
  WriteFile(client, text, sizeof text, &bytes, NULL);
  get("written", &first);
  printf("  %s\n", buffer);
  WriteFile(client, text, sizeof text, &bytes, NULL);
  memset(buffer, 0, sizeof buffer);
  started("read what is there", ReadFile(server, buffer, sizeof buffer, NULL, &first));
  get("a packet all the same", &first);
  printf("  %s\n", buffer);

  started("read, nothing there", ReadFile(server, buffer, sizeof buffer, NULL, &first));
  started("and another", ReadFile(server, buffer, sizeof buffer, NULL, &second));
  printf("cancel the second: %d\n", CancelIoEx(server, &second));
  get("cancelled", &second);
  WriteFile(client, text, sizeof text, &bytes, NULL);
  get("the first", &first);

  second.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
  HANDLE event = second.hEvent;
  second.hEvent = (HANDLE)((ULONG_PTR)event | 1);
  started("read with the low bit", ReadFile(server, buffer, sizeof buffer, NULL, &second));
  WriteFile(client, text, sizeof text, &bytes, NULL);
  printf("  its event: %lu\n", WaitForSingleObject(event, INFINITE));
  get("no packet", NULL);

  started("read, nothing there", ReadFile(server, buffer, sizeof buffer, NULL, &first));
  CloseHandle(client);
  get("the client left", &first);
  started("read, nobody there", ReadFile(server, buffer, sizeof buffer, NULL, &first));
  get("no packet", NULL);
  CloseHandle(event);
  CloseHandle(server);
  CloseHandle(port);
  return 0;
}
