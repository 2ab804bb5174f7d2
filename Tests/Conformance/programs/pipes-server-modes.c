// A server that changes how it reads: messages, bytes across their borders, and messages again; counts and rest of a
// part that was asked for with an OVERLAPPED; whose rights the change takes.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-server-modes"

static HANDLE server, client, event;

static void mode(const char *what, HANDLE pipe, DWORD value) {
  SetLastError(0);
  BOOL done = SetNamedPipeHandleState(pipe, &value, NULL, NULL);
  printf("%s: %d, error %lu\n", what, done, done ? 0 : GetLastError());
}

static void put(const char *text) {
  OVERLAPPED overlapped = {0};
  DWORD bytes = 0;
  BOOL done = WriteFile(client, text, (DWORD)strlen(text), &bytes, &overlapped);
  printf("write \"%s\": %d, %lu bytes\n", text, done, bytes);
}

static void get(DWORD size) {
  char buffer[32] = {0};
  OVERLAPPED overlapped = {0};
  overlapped.hEvent = event;
  DWORD bytes = 77, again = 77;
  SetLastError(0);
  BOOL done = ReadFile(server, buffer, size, &bytes, &overlapped);
  DWORD error = done ? 0 : GetLastError();
  BOOL result = GetOverlappedResult(server, &overlapped, &again, error == ERROR_IO_PENDING);
  DWORD result_error = result ? 0 : GetLastError();
  printf("read %lu: %d, error %lu, %lu bytes; result %d, error %lu, %lu bytes, status %lx \"%s\"\n", size, done, error,
         bytes, result, result_error, again, (DWORD)overlapped.Internal, buffer);
}

static void peek(void) {
  DWORD available = 77, left = 77;
  BOOL done = PeekNamedPipe(server, NULL, 0, NULL, &available, &left);
  printf("peek: %d, %lu available, %lu left\n", done, available, left);
}

int main(void) {
  event = CreateEventA(NULL, TRUE, FALSE, NULL);
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
                            1, 256, 256, 0, NULL);
  client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  put("hello world");
  get(4);
  peek();
  get(2);
  get(32);
  put("ab");
  put("cd");
  put("efgh");
  mode("bytes", server, PIPE_READMODE_BYTE);
  get(5);
  mode("messages", server, PIPE_READMODE_MESSAGE);
  peek();
  get(32);
  put("last");
  CloseHandle(client);
  get(2);
  get(2);
  SetLastError(0);
  DWORD available = 0;
  BOOL done = PeekNamedPipe(server, NULL, 0, NULL, &available, NULL);
  printf("after the end: %d, error %lu\n", done, GetLastError());
  CloseHandle(server);

  static const struct {
    const char *name;
    DWORD value;
  } accesses[] = {{"inbound", PIPE_ACCESS_INBOUND}, {"outbound", PIPE_ACCESS_OUTBOUND}, {"duplex", PIPE_ACCESS_DUPLEX}};
  for (int i = 0; i < 3; i++) {
    server = CreateNamedPipeA(NAME, accesses[i].value, PIPE_TYPE_MESSAGE, 1, 256, 256, 0, NULL);
    mode(accesses[i].name, server, PIPE_READMODE_MESSAGE);
    CloseHandle(server);
  }
  done = SetNamedPipeHandleState(NULL, NULL, NULL, NULL);
  printf("nothing to set: %d\n", done);
  return 0;
}
