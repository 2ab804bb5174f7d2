// A function begins to read into its own variables and returns without waiting for the end: what comes is stored into
// whatever frame lies there by then. With "waits" it reads into a part of them once more, cancels both and waits.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static HANDLE server, client;

static __attribute__((noinline)) void try_to_read(int waits) {
  OVERLAPPED overlapped = {0}, other = {0};
  char buffer[64];
  DWORD bytes = 0;
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  if (!ReadFile(server, buffer, sizeof buffer, NULL, &overlapped) && GetLastError() == ERROR_IO_PENDING && waits) {
    other.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    ReadFile(server, buffer + 32, 32, NULL, &other);
    CancelIoEx(server, NULL);
    GetOverlappedResult(server, &overlapped, &bytes, TRUE);
    GetOverlappedResult(server, &other, &bytes, TRUE);
    CloseHandle(other.hEvent);
  }
  CloseHandle(overlapped.hEvent);
}

int main(int count, char **arguments) {
  const char *name = "\\\\.\\pipe\\stack";
  server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 64, 64, 0, NULL);
  client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  HANDLE done = CreateEventA(NULL, TRUE, FALSE, NULL);
  int waits = count > 1 && strcmp(arguments[1], "waits") == 0;
  for (int i = 0; i <= waits; i++) try_to_read(waits);
  SetEvent(done);
  WaitForSingleObject(done, INFINITE);
  puts("done");
  return client == INVALID_HANDLE_VALUE;
}
