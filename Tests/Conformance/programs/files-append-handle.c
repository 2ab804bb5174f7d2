// A handle with FILE_APPEND_DATA and without FILE_WRITE_DATA writes at the end, wherever it is told to.
#include <stdio.h>
#include <windows.h>

static void show(HANDLE file) {
  char text[64];
  DWORD bytes = 0;
  OVERLAPPED start = {0};
  ReadFile(file, text, sizeof text, &bytes, &start);
  printf("%lu: %.*s\n", GetFileSize(file, NULL), (int)bytes, text);
}

int main(void) {
  HANDLE file = CreateFileA("log.txt", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                            CREATE_NEW, 0, NULL);
  DWORD bytes = 0;
  WriteFile(file, "start.", 6, &bytes, NULL);
  HANDLE process = GetCurrentProcess(), copy;
  printf("copy %d\n", DuplicateHandle(process, file, process, &copy, FILE_APPEND_DATA | SYNCHRONIZE, FALSE, 0));
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  BOOL done = WriteFile(copy, "copy.", 5, &bytes, NULL);
  printf("%d %lu, pointer %lu\n", done, bytes, SetFilePointer(file, 0, NULL, FILE_CURRENT));
  show(file);
  OVERLAPPED at = {.Offset = 2};
  done = WriteFile(copy, "told.", 5, &bytes, &at);
  printf("%d %lu\n", done, bytes);
  show(file);
  char byte;
  done = ReadFile(copy, &byte, 1, &bytes, NULL);
  printf("read %d error %lu\n", done, GetLastError());

  HANDLE log = CreateFileA("log.txt", FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, 0, NULL);
  SetFilePointer(log, 0, NULL, FILE_BEGIN);
  done = WriteFile(log, "opened.", 7, &bytes, NULL);
  printf("%d %lu\n", done, bytes);
  show(file);
  OVERLAPPED end = {.Offset = 0xFFFFFFFF, .OffsetHigh = 0xFFFFFFFF};
  done = WriteFile(file, "end.", 4, &bytes, &end);
  printf("%d %lu\n", done, bytes);
  show(file);
  return 0;
}
