// One message there and one back between two threads that block in their reads, over a named pipe.
#include "benchmark.h"
#include "windows.h"

enum { MESSAGE_BYTES = 64 };

typedef struct pipe_ends {
  HANDLE server, client;
  long rounds;
} pipe_ends;

static void read_pipe(HANDLE pipe, char *message) {
  DWORD bytes = 0;
  need(ReadFile(pipe, message, MESSAGE_BYTES, &bytes, NULL) && bytes == MESSAGE_BYTES, "ReadFile");
}

static void write_pipe(HANDLE pipe, const char *message) {
  DWORD bytes = 0;
  need(WriteFile(pipe, message, MESSAGE_BYTES, &bytes, NULL) && bytes == MESSAGE_BYTES, "WriteFile");
}

static DWORD WINAPI answer_on_pipe(LPVOID context) {
  const pipe_ends *ends = context;
  char message[MESSAGE_BYTES];
  for (long i = 0; i < ends->rounds; i++) {
    read_pipe(ends->client, message);
    write_pipe(ends->client, message);
  }
  return 0;
}

double round_trips_by_pipe(long rounds) {
  const char *name = "\\\\.\\pipe\\latewrite-benchmark";
  pipe_ends ends = {.rounds = rounds + 1};
  ends.server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
  ends.client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  HANDLE thread = CreateThread(NULL, 0, answer_on_pipe, &ends, 0, NULL);
  need(ends.server != INVALID_HANDLE_VALUE && ends.client != INVALID_HANDLE_VALUE && thread,
       "making a pipe and a thread");
  char message[MESSAGE_BYTES] = {0};
  double start = 0;
  for (long i = 0; i <= rounds; i++) {
    if (i == 1) start = now_ns(); // by then the other thread is there
    write_pipe(ends.server, message);
    read_pipe(ends.server, message);
  }
  double ns = (now_ns() - start) / (double)rounds;
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(ends.server);
  CloseHandle(ends.client);
  return ns;
}
