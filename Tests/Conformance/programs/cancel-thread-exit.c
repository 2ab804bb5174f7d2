// A thread that ends takes what it has started with it; what another has started on the same file goes on.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-cancel-thread"

static HANDLE server;
static char buffers[2][8];

static DWORD WINAPI read_and_leave(LPVOID overlapped) {
  return ReadFile(server, buffers[1], 8, NULL, overlapped) ? 0 : GetLastError();
}

static void result(const char *what, OVERLAPPED *overlapped) {
  DWORD bytes = 0;
  BOOL done = GetOverlappedResult(server, overlapped, &bytes, TRUE);
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u, %u bytes\n", what, done, (unsigned)error, (unsigned)bytes);
}

int main(void) {
  OVERLAPPED own = {0}, other = {0};
  DWORD code = 0, bytes = 0;
  own.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  other.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  ReadFile(server, buffers[0], 8, NULL, &own);
  HANDLE thread = CreateThread(NULL, 0, read_and_leave, &other, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("the thread's read: error %u\n", (unsigned)code);
  result("after its end", &other);
  printf("the first thread's is pending: %d\n", !HasOverlappedIoCompleted(&own));
  WriteFile(client, "abc", 3, &bytes, NULL);
  result("and is served", &own);
  CloseHandle(thread);
  CloseHandle(client);
  CloseHandle(server);
  CloseHandle(own.hEvent);
  CloseHandle(other.hEvent);
  return 0;
}
