// BindIoCompletionCallback: completions of a file call a routine on a pool thread, which may free the OVERLAPPED.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

struct request {
  OVERLAPPED overlapped;
  char buffer[32];
};

static HANDLE called;
static DWORD error_seen, bytes_seen, main_thread;
static char text_seen[32];
static volatile LONG calls, in_main_thread;

static VOID CALLBACK routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped) {
  struct request *request = CONTAINING_RECORD(overlapped, struct request, overlapped);
  error_seen = error;
  bytes_seen = bytes;
  memcpy(text_seen, request->buffer, sizeof text_seen);
  free(request);
  if (GetCurrentThreadId() == main_thread) InterlockedIncrement(&in_main_thread);
  InterlockedIncrement(&calls);
  SetEvent(called);
}

static void bind_to_routine(const char *what, HANDLE file, LPOVERLAPPED_COMPLETION_ROUTINE function) {
  SetLastError(0);
  BOOL done = BindIoCompletionCallback(file, function, 0);
  printf("%s: %d error %lu\n", what, done, done ? 0 : GetLastError());
}

static OVERLAPPED *read_from(HANDLE file) {
  struct request *request = calloc(1, sizeof *request);
  BOOL done = ReadFile(file, request->buffer, sizeof request->buffer, NULL, &request->overlapped);
  printf("read: %d error %lu\n", done, done ? 0 : GetLastError());
  return &request->overlapped;
}

static void report(void) {
  WaitForSingleObject(called, INFINITE);
  printf("  routine: error %lu bytes %lu text '%s'\n", error_seen, bytes_seen, text_seen);
}

int main(void) {
  const char *name = "\\\\.\\pipe\\pool-bind-callback";
  DWORD written;
  main_thread = GetCurrentThreadId();
  called = CreateEvent(NULL, FALSE, FALSE, NULL);
  HANDLE server =
      CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 512, 512, 0, NULL);
  HANDLE client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  bind_to_routine("bind", server, routine);
  bind_to_routine("again", server, routine);
  bind_to_routine("a file that is not overlapped", client, routine);
  bind_to_routine("NULL", NULL, routine);
  bind_to_routine("an event", called, routine);

  read_from(server);
  WriteFile(client, "one", 4, &written, NULL);
  report();
  WriteFile(client, "three", 6, &written, NULL);
  read_from(server);
  report();
  CancelIoEx(server, read_from(server));
  report();
  read_from(server);
  CloseHandle(client);
  report();
  printf("calls %ld, in my thread %ld\n", calls, in_main_thread);
  CloseHandle(server);
  CloseHandle(called);
  return 0;
}
