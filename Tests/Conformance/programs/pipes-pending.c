// Several reads and writes pending on one end: first come, first served; messages meet reads one to one.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-pending"

static HANDLE server, client;
static OVERLAPPED reads[4], writes[3];
static char buffers[4][8];

static void open_both(DWORD mode) {
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, mode, 1, 6, 6, 0, NULL);
  client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
}

static void close_both(void) {
  CloseHandle(client);
  CloseHandle(server);
}

static void start_reads(int count) {
  for (int i = 0; i < count; i++) {
    memset(buffers[i], 0, sizeof buffers[i]);
    BOOL done = ReadFile(server, buffers[i], 4, NULL, &reads[i]);
    printf("  read %d: %d, error %u\n", i, done, done ? 0 : (unsigned)GetLastError());
  }
}

static void put(int number, const char *text) {
  BOOL done = WriteFile(client, text, (DWORD)strlen(text), NULL, &writes[number]);
  printf("  write \"%s\": %d, error %u\n", text, done, done ? 0 : (unsigned)GetLastError());
}

static void tell(const char *what, HANDLE file, OVERLAPPED *overlapped, const char *buffer) {
  DWORD bytes = 0;
  BOOL done = GetOverlappedResult(file, overlapped, &bytes, FALSE);
  DWORD error = done ? 0 : GetLastError();
  printf("  %s: %d, error %u, %u bytes \"%.*s\"\n", what, done, (unsigned)error, (unsigned)bytes, (int)bytes, buffer);
}

int main(void) {
  for (int i = 0; i < 4; i++) reads[i].hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  for (int i = 0; i < 3; i++) writes[i].hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);

  printf("bytes: one write feeds several reads\n");
  open_both(PIPE_TYPE_BYTE);
  start_reads(4);
  put(0, "abcdefghij");
  for (int i = 0; i < 4; i++) tell("read", server, &reads[i], buffers[i]);
  tell("write", client, &writes[0], "");
  close_both();
  tell("the last read", server, &reads[3], buffers[3]);

  printf("messages: each read gets one\n");
  open_both(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
  start_reads(4);
  put(0, "abcdef");
  tell("read", server, &reads[0], buffers[0]);
  tell("read", server, &reads[1], buffers[1]);
  put(1, "");
  tell("read", server, &reads[2], buffers[2]);
  put(2, "xyz");
  tell("read", server, &reads[3], buffers[3]);
  close_both();

  printf("writes that wait are served in order\n");
  open_both(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
  put(0, "1234");
  put(1, "5678");
  put(2, "9");
  tell("second write", client, &writes[1], "");
  tell("third write", client, &writes[2], "");
  start_reads(1);
  tell("read", server, &reads[0], buffers[0]);
  tell("second write", client, &writes[1], "");
  tell("third write", client, &writes[2], "");
  printf("  cancel the third: %d\n", CancelIoEx(client, &writes[2]));
  start_reads(2);
  tell("read", server, &reads[0], buffers[0]);
  tell("read", server, &reads[1], buffers[1]);
  close_both();
  for (int i = 0; i < 4; i++) CloseHandle(reads[i].hEvent);
  for (int i = 0; i < 3; i++) CloseHandle(writes[i].hEvent);
  return 0;
}
