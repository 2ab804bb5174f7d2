// Pipes on a completion port: packets of pending operations, of successes at once, of failures, and none.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-ports"

static HANDLE port, server, client;

static void get(void) {
  DWORD bytes = 0;
  ULONG_PTR key = 0;
  LPOVERLAPPED overlapped = NULL;
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0);
  DWORD error = done ? 0 : GetLastError();
  printf("  packet: %d, error %u", done, (unsigned)error);
  if (overlapped)
    printf(", key %u, %u bytes, status 0x%08x", (unsigned)key, (unsigned)bytes, (unsigned)overlapped->Internal);
  printf("\n");
}

static void tell(const char *what, BOOL done) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u\n", what, done, (unsigned)error);
}

int main(void) {
  OVERLAPPED connect = {0}, read = {0}, write = {0};
  char buffer[8];
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
                            1, 64, 64, 0, NULL);
  port = CreateIoCompletionPort(server, NULL, 7, 1);
  printf("port: %d\n", port != NULL);
  HANDLE again = CreateIoCompletionPort(server, port, 8, 1);
  printf("bound again: %d, error %u\n", again != NULL, (unsigned)GetLastError());

  tell("connect", ConnectNamedPipe(server, &connect));
  get();
  client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  get();
  tell("connect again", ConnectNamedPipe(server, &connect));
  get();
  HANDLE refused = CreateIoCompletionPort(client, port, 9, 1);
  printf("a file that is not overlapped: %d, error %u\n", refused != NULL, (unsigned)GetLastError());

  DWORD bytes = 0;
  tell("read", ReadFile(server, buffer, sizeof buffer, NULL, &read));
  get();
  WriteFile(client, "abc", 3, &bytes, NULL);
  get();
  WriteFile(client, "0123456789", 10, &bytes, NULL);
  tell("read a part", ReadFile(server, buffer, sizeof buffer, NULL, &read));
  get();
  tell("read the rest", ReadFile(server, buffer, sizeof buffer, NULL, &read));
  get();
  tell("write", WriteFile(server, "xyz", 3, NULL, &write));
  get();
  write.hEvent = (HANDLE)((ULONG_PTR)CreateEventA(NULL, TRUE, FALSE, NULL) | 1);
  tell("write without a packet", WriteFile(server, "xyz", 3, NULL, &write));
  get();
  printf("its event is set: %d\n", WaitForSingleObject(write.hEvent, 0) == WAIT_OBJECT_0);
  CloseHandle((HANDLE)((ULONG_PTR)write.hEvent & ~(ULONG_PTR)1));
  write.hEvent = NULL;
  tell("skip successes", SetFileCompletionNotificationModes(server, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
  tell("write", WriteFile(server, "xyz", 3, NULL, &write));
  get();
  tell("read", ReadFile(server, buffer, sizeof buffer, NULL, &read));
  CloseHandle(client);
  get();
  tell("read from nobody", ReadFile(server, buffer, sizeof buffer, NULL, &read));
  get();
  tell("write to nobody", WriteFile(server, "xyz", 3, NULL, &write));
  get();
  CloseHandle(server);
  get();
  CloseHandle(port);
  return 0;
}
