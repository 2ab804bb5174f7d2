// What stays in an OVERLAPPED of calls that fail at once: the end of a file on a handle that is not overlapped, bad
// handles and bad events, folders.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static OVERLAPPED overlapped;

static void fresh(DWORD offset) {
  memset(&overlapped, 0, sizeof overlapped);
  overlapped.Internal = 5;
  overlapped.InternalHigh = 6;
  overlapped.Offset = offset;
}

static void show(const char *what, BOOL done, DWORD bytes) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %lu, %lu bytes; status %lx, %lu\n", what, done, error, bytes, (DWORD)overlapped.Internal,
         (DWORD)overlapped.InternalHigh);
}

static void read_with(const char *what, HANDLE file, DWORD size) {
  char buffer[32];
  DWORD bytes = 77;
  BOOL done = ReadFile(file, buffer, size, &bytes, &overlapped);
  show(what, done, bytes);
}

int main(void) {
  HANDLE file = CreateFileA("ten.bin", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  DWORD bytes = 0;
  WriteFile(file, "0123456789", 10, &bytes, NULL);
  fresh(8);
  read_with("the last two", file, 30);
  fresh(10);
  read_with("at the end", file, 30);
  BOOL done = GetOverlappedResult(file, &overlapped, &bytes, FALSE);
  show("its result", done, bytes);
  fresh(100);
  read_with("behind the end", file, 30);
  fresh(100);
  read_with("nothing behind the end", file, 0);

  HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL);
  fresh(0);
  read_with("no handle", NULL, 1);
  fresh(0);
  read_with("an event", event, 1);
  fresh(0);
  overlapped.hEvent = event;
  done = WriteFile(INVALID_HANDLE_VALUE, "x", 1, &bytes, &overlapped);
  show("writing to no handle", done, bytes);
  printf("the event stays set: %lu\n", WaitForSingleObject(event, 0));
  HANDLE server = CreateNamedPipeA("\\\\.\\pipe\\latewrite-end-of-file", PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                   PIPE_TYPE_BYTE, 1, 0, 0, 0, NULL);
  fresh(0);
  overlapped.hEvent = CreateSemaphoreA(NULL, 0, 1, NULL);
  read_with("a semaphore for an event", server, 1);
  fresh(0);
  overlapped.InternalHigh = 0;
  done = ConnectNamedPipe(event, &overlapped);
  show("an event for a pipe", done, 0);
  HANDLE folder = CreateFileA(".", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                              FILE_FLAG_BACKUP_SEMANTICS, NULL);
  char byte;
  done = ReadFile(folder, &byte, 1, &bytes, NULL);
  printf("a folder: %d, error %lu\n", done, GetLastError());
  return 0;
}
