// CancelIo ends what the calling thread has started, CancelIoEx one operation or all; what has ended is not found.
// wine-differs: CancelIoEx for all when there is none is TRUE under Wine and ERROR_NOT_FOUND by its page.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-cancel"

static HANDLE server, client;
static OVERLAPPED first, second, third;
static char buffers[3][8];

static void tell(const char *what, BOOL done) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u\n", what, done, (unsigned)error);
}

static void result(const char *what, HANDLE file, OVERLAPPED *overlapped) {
  DWORD bytes = 99;
  BOOL done = GetOverlappedResult(file, overlapped, &bytes, TRUE);
  DWORD error = done ? 0 : GetLastError();
  printf("  %s: %d, error %u, %u bytes, status 0x%08x\n", what, done, (unsigned)error, (unsigned)bytes,
         (unsigned)overlapped->Internal);
}

static BOOL is_pending(OVERLAPPED *overlapped) { return !HasOverlappedIoCompleted(overlapped); }

static DWORD WINAPI read_and_cancel(LPVOID parameter) {
  (void)parameter;
  tell("another thread reads", ReadFile(server, buffers[2], 8, NULL, &third));
  tell("it cancels its own", CancelIo(server));
  result("third", server, &third);
  printf("  first pending: %d, second pending: %d\n", is_pending(&first), is_pending(&second));
  tell("it cancels the second", CancelIoEx(server, &second));
  result("second", server, &second);
  return 0;
}

int main(void) {
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 16, 16, 0, NULL);
  client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  first.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  second.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  third.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  tell("cancel nothing", CancelIo(server));
  tell("cancel none of it", CancelIoEx(server, &first));
  tell("cancel all of nothing", CancelIoEx(server, NULL));

  tell("read", ReadFile(server, buffers[0], 8, NULL, &first));
  tell("read", ReadFile(server, buffers[1], 8, NULL, &second));
  HANDLE thread = CreateThread(NULL, 0, read_and_cancel, NULL, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  printf("first pending: %d\n", is_pending(&first));
  tell("cancel by the other end", CancelIoEx(client, &first));
  tell("cancel all", CancelIoEx(server, NULL));
  result("first", server, &first);
  tell("cancel what has ended", CancelIoEx(server, &first));

  DWORD bytes = 0;
  tell("write 20 of 16", WriteFile(client, "0123456789abcdefghij", 20, NULL, &first));
  tell("cancel the write", CancelIoEx(client, &first));
  result("write", client, &first);
  tell("read", ReadFile(server, buffers[0], 8, NULL, &second));
  tell("write", WriteFile(client, "xyz", 3, &bytes, &first));
  result("read", server, &second);
  tell("cancel the read", CancelIoEx(server, &second));
  result("read", server, &second);
  CloseHandle(server);
  CloseHandle(client);
  CloseHandle(first.hEvent);
  CloseHandle(second.hEvent);
  CloseHandle(third.hEvent);
  return 0;
}
