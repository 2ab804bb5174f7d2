// Overlapped reads and writes of a disk file: pending, then done; offsets; past the end; appending.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static HANDLE file;
static OVERLAPPED overlapped;

static void finish(const char *what, BOOL done) {
  DWORD error = GetLastError(), moved = 99;
  // A file system may answer at once; then the result is there, too.
  if (!done && error != ERROR_IO_PENDING && error != ERROR_HANDLE_EOF) {
    printf("%s: error %lu\n", what, error);
    return;
  }
  SetLastError(0);
  done = GetOverlappedResult(file, &overlapped, &moved, TRUE);
  printf("%s: %d %lu error %lu, completed %d, event %lu\n", what, done, moved, GetLastError(),
         HasOverlappedIoCompleted(&overlapped), WaitForSingleObject(overlapped.hEvent, 0));
}

static void write_at(ULONGLONG offset, const char *text) {
  overlapped.Offset = (DWORD)offset;
  overlapped.OffsetHigh = (DWORD)(offset >> 32);
  finish("write", WriteFile(file, text, (DWORD)strlen(text), NULL, &overlapped));
}

static void read_at(ULONGLONG offset, DWORD bytes) {
  char text[32];
  memset(text, '.', sizeof text);
  overlapped.Offset = (DWORD)offset;
  overlapped.OffsetHigh = (DWORD)(offset >> 32);
  finish("read", ReadFile(file, text, bytes, NULL, &overlapped));
  printf("  [%.12s], offset %llu\n", text, (unsigned long long)overlapped.OffsetHigh << 32 | overlapped.Offset);
}

int main(void) {
  file = CreateFileA("lw-overlapped.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                     FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE, NULL);
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  write_at(0, "hello world");
  read_at(0, 5);
  read_at(6, 20);
  read_at(11, 20);
  read_at(500, 20);
  read_at(11, 0);
  write_at(20, "hole");
  read_at(18, 20);
  write_at(0xFFFFFFFFFFFFFFFFULL, "end");
  read_at(22, 20);
  printf("size %lu\n", GetFileSize(file, NULL));
  SetLastError(0);
  char text[4];
  DWORD moved = 7;
  BOOL done = ReadFile(file, text, 4, &moved, NULL);
  printf("no OVERLAPPED: %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = CancelIoEx(file, &overlapped);
  printf("nothing to cancel: %d error %lu\n", done, GetLastError());

  // Four at a time, each with an event of its own.
  OVERLAPPED four[4];
  HANDLE events[4];
  memset(four, 0, sizeof four);
  for (int i = 0; i < 4; i++) {
    events[i] = four[i].hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    four[i].Offset = 100 + 2 * i;
    WriteFile(file, &"abcdefgh"[2 * i], 2, NULL, &four[i]);
  }
  printf("four: %lu\n", WaitForMultipleObjects(4, events, TRUE, INFINITE));
  for (int i = 0; i < 4; i++) CloseHandle(events[i]);
  read_at(100, 20);
  CloseHandle(overlapped.hEvent);
  CloseHandle(file);
  return 0;
}
