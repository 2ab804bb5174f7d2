// Cancelled operations of a file on a port still queue their packets: FALSE, their OVERLAPPED, ERROR_OPERATION_ABORTED.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-cancel-port"

static HANDLE port, server, client;

static void open_both(void) {
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  CreateIoCompletionPort(server, port, 5, 0);
}

static LPOVERLAPPED get(const char *what) {
  DWORD bytes = 99;
  ULONG_PTR key = 99;
  LPOVERLAPPED overlapped = NULL;
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 1000);
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u, key %u, %u bytes, OVERLAPPED %d\n", what, done, (unsigned)error, (unsigned)key,
         (unsigned)bytes, overlapped != NULL);
  return overlapped;
}

static DWORD WINAPI read_and_leave(LPVOID overlapped) {
  static char buffer[8];
  return ReadFile(server, buffer, sizeof buffer, NULL, overlapped) ? 0 : GetLastError();
}

int main(void) {
  OVERLAPPED one = {0}, two = {0};
  char buffer[8];
  DWORD code = 0, bytes = 0;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  open_both();
  ReadFile(server, buffer, 4, NULL, &one);
  ReadFile(server, buffer + 4, 4, NULL, &two);
  printf("cancel one: %d\n", CancelIoEx(server, &one));
  printf("it is the one: %d\n", get("cancelled") == &one);
  WriteFile(client, "ab", 2, &bytes, NULL);
  printf("it is the other: %d\n", get("completed") == &two);

  HANDLE thread = CreateThread(NULL, 0, read_and_leave, &one, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  CloseHandle(thread);
  printf("a thread read and ended: error %u\n", (unsigned)code);
  WriteFile(client, "cd", 2, &bytes, NULL);
  printf("its read went on: %d\n", get("completed") == &one);

  ReadFile(server, buffer, 4, NULL, &one);
  CloseHandle(server);
  printf("closed: %d\n", get("packet") == &one);
  CloseHandle(client);
  CloseHandle(port);
  return 0;
}
