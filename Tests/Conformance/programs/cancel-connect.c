// A cancelled ConnectNamedPipe leaves the pipe listening: a client can still come.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-cancel-connect"

static void tell(const char *what, BOOL done, const OVERLAPPED *overlapped) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u, status 0x%08x\n", what, done, (unsigned)error, (unsigned)overlapped->Internal);
}

int main(void) {
  OVERLAPPED overlapped = {0};
  DWORD bytes = 0;
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 16, 16, 0, NULL);
  BOOL done = ConnectNamedPipe(server, &overlapped);
  tell("connect", done, &overlapped);
  printf("cancel: %d\n", CancelIo(server));
  done = GetOverlappedResult(server, &overlapped, &bytes, TRUE);
  tell("cancelled", done, &overlapped);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  printf("client: %d\n", client != INVALID_HANDLE_VALUE);
  done = ConnectNamedPipe(server, &overlapped);
  tell("connect again", done, &overlapped);
  done = WriteFile(client, "abc", 3, &bytes, NULL);
  printf("write: %d, %u\n", done, (unsigned)bytes);
  CloseHandle(client);
  CloseHandle(server);

  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 16, 16, 0, NULL);
  done = ConnectNamedPipe(server, &overlapped);
  tell("connect", done, &overlapped);
  CloseHandle(server);
  printf("the server is closed: event %s\n",
         WaitForSingleObject(overlapped.hEvent, 1000) == WAIT_OBJECT_0 ? "set" : "reset");
  CloseHandle(overlapped.hEvent);
  return 0;
}
