// A write that the buffer has no room for pends until enough was read; reads of nothing wait for something.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-quota"

static char sent[300], got[300];

static DWORD bytes;

static void tell(const char *what, BOOL done) {
  printf("%s: %d, error %u, %u bytes\n", what, done, done ? 0 : (unsigned)GetLastError(), (unsigned)bytes);
  bytes = 0;
}

static BOOL is_over(OVERLAPPED *overlapped) { return WaitForSingleObject(overlapped->hEvent, 0) == WAIT_OBJECT_0; }

int main(void) {
  HANDLE server =
      CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 100, 100, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  OVERLAPPED write = {0}, read = {0};
  write.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  read.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  for (int i = 0; i < 300; i++) sent[i] = (char)('a' + i % 26);

  tell("write 100 of 100", WriteFile(client, sent, 100, &bytes, &write));
  BOOL done = WriteFile(client, sent + 100, 150, &bytes, &write);
  tell("write 150 more", done);
  printf("over: %d\n", is_over(&write));
  for (int i = 0; i < 5; i++) {
    tell("read 60", ReadFile(server, got + i * 60, 60, &bytes, &read));
    printf("over: %d\n", is_over(&write));
    if (i == 3) break;
  }
  tell("the write", GetOverlappedResult(client, &write, &bytes, TRUE));
  tell("read the rest", ReadFile(server, got + 240, 60, &bytes, &read));
  printf("same bytes: %d\n", memcmp(sent, got, 250) == 0);

  tell("read nothing", ReadFile(server, got, 0, &bytes, &read));
  printf("over: %d\n", is_over(&read));
  tell("write nothing", WriteFile(client, sent, 0, &bytes, &write));
  printf("over: %d\n", is_over(&read));
  tell("write 3", WriteFile(client, sent, 3, &bytes, &write));
  tell("the read of nothing", GetOverlappedResult(server, &read, &bytes, TRUE));
  tell("read 9", ReadFile(server, got, 9, &bytes, &read));

  tell("read 50, none there", ReadFile(server, got, 50, &bytes, &read));
  tell("write 80", WriteFile(client, sent, 80, &bytes, &write));
  tell("the read", GetOverlappedResult(server, &read, &bytes, TRUE));
  tell("read what is left", ReadFile(server, got, 300, &bytes, &read));
  CloseHandle(client);
  CloseHandle(server);
  CloseHandle(read.hEvent);
  CloseHandle(write.hEvent);
  return 0;
}
