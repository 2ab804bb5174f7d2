// A disk file on a completion port: packets of reads and writes, with their keys, bytes and errors.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static HANDLE port;

static void take(const char *what) {
  DWORD bytes = 0;
  ULONG_PTR key = 0;
  OVERLAPPED *overlapped = NULL;
  SetLastError(0);
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 5000);
  printf("%s: %d error %lu bytes %lu key %d overlapped %d\n", what, done, done ? 0 : GetLastError(), bytes, (int)key,
         overlapped != NULL);
  free(overlapped);
}

static OVERLAPPED *fresh(DWORD offset) {
  OVERLAPPED *made = calloc(1, sizeof *made);
  made->Offset = offset;
  return made;
}

int main(void) {
  char text[32];
  HANDLE file = CreateFileA("lw-port.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                            FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE, NULL);
  port = CreateIoCompletionPort(file, NULL, 42, 0);
  printf("port: %d\n", port != NULL);
  SetLastError(0);
  HANDLE again = CreateIoCompletionPort(file, port, 43, 0);
  printf("again: %d error %lu\n", again != NULL, GetLastError());
  WriteFile(file, "0123456789", 10, NULL, fresh(0));
  take("written");
  memset(text, 0, sizeof text);
  ReadFile(file, text, 4, NULL, fresh(3));
  take("read");
  printf("[%s]\n", text);
  ReadFile(file, text, 20, NULL, fresh(8));
  take("short");
  BOOL pending = !ReadFile(file, text, 20, NULL, fresh(10)) && GetLastError() == ERROR_IO_PENDING;
  printf("past the end: %d\n", pending);
  if (pending) take("end");

  // An event with its low bit set keeps the packet away.
  OVERLAPPED quiet = {0};
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  quiet.hEvent = (HANDLE)((ULONG_PTR)event | 1);
  ReadFile(file, text, 4, NULL, &quiet);
  printf("quiet: %lu\n", WaitForSingleObject(event, 5000));
  for (int i = 0; i < 3; i++) WriteFile(file, &"xyz"[i], 1, NULL, fresh(20 + i));
  for (int i = 0; i < 3; i++) take("one of three");
  DWORD bytes;
  ULONG_PTR key;
  OVERLAPPED *overlapped;
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0);
  printf("nothing left: %d error %lu\n", done, GetLastError());
  CloseHandle(event);
  CloseHandle(file);
  CloseHandle(port);
  return 0;
}
