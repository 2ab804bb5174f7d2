// One thread reads from a pipe, another writes more than it holds, a third cancels both. Whatever the order: a byte
// that was read was written, one that was not read is still there, and what was cancelled delivered no more than it
// says.
#include <stdlib.h>
#include <string.h>
#include <windows.h>

typedef struct request {
  OVERLAPPED overlapped;
  char bytes[8];
} request;

static HANDLE server, client;
static request *reading, *writing;
static DWORD sent;

static request *request_of(const char *text) {
  request *made = calloc(1, sizeof *made);
  made->overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  memcpy(made->bytes, text, strlen(text));
  return made;
}

static void end(request *request) {
  CloseHandle(request->overlapped.hEvent);
  free(request);
}

/// What came of a started operation; its bytes also where it was cancelled. Where the other side was cancelled before
/// it came, it is cancelled here.
static DWORD bytes_of(HANDLE file, request *request, BOOL done) {
  DWORD bytes = 0;
  if (!done && GetLastError() != ERROR_IO_PENDING) abort();
  if (WaitForSingleObject(request->overlapped.hEvent, 10) == WAIT_TIMEOUT) CancelIoEx(file, &request->overlapped);
  if (!GetOverlappedResult(file, &request->overlapped, &bytes, TRUE) && GetLastError() != ERROR_OPERATION_ABORTED)
    abort();
  return bytes;
}

static DWORD WINAPI write_much(LPVOID parameter) {
  (void)parameter;
  sent = bytes_of(client, writing, WriteFile(client, writing->bytes, 6, NULL, &writing->overlapped));
  return 0;
}

static DWORD WINAPI cancel(LPVOID parameter) {
  (void)parameter;
  CancelIoEx(server, NULL);
  CancelIoEx(client, NULL);
  return 0;
}

int main(void) {
  const char *name = "\\\\.\\pipe\\cancels-or-completes";
  server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 2, 2, 0, NULL);
  client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  reading = request_of("......");
  writing = request_of("abcdef");
  HANDLE threads[2] = {CreateThread(NULL, 0, write_much, NULL, 0, NULL), CreateThread(NULL, 0, cancel, NULL, 0, NULL)};
  DWORD got = bytes_of(server, reading, ReadFile(server, reading->bytes, 3, NULL, &reading->overlapped)), left = 0;
  if (memcmp(reading->bytes, "abcdef", got) != 0 || memcmp(reading->bytes + got, "......", 6 - got) != 0) abort();
  WaitForMultipleObjects(2, threads, TRUE, INFINITE);
  PeekNamedPipe(server, NULL, 0, NULL, &left, NULL);
  if (got + left != sent) abort();
  for (int i = 0; i < 2; i++) CloseHandle(threads[i]);
  CloseHandle(server);
  CloseHandle(client);
  end(reading);
  end(writing);
  return 0;
}
