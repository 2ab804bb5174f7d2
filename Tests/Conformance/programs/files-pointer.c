// The file pointer, the size and the end of a synchronous file.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static HANDLE file;

static void move(const char *what, LONG distance, DWORD method) {
  SetLastError(0);
  DWORD position = SetFilePointer(file, distance, NULL, method);
  printf("%s: %ld error %lu\n", what, (LONG)position, GetLastError());
}

static void read_some(DWORD bytes) {
  char text[32];
  DWORD moved = 99;
  SetLastError(0);
  BOOL done = ReadFile(file, text, bytes, &moved, NULL);
  printf("read %lu: %d %lu [%.*s] error %lu\n", bytes, done, moved, (int)moved, text, GetLastError());
}

static void write_some(const char *text) {
  DWORD moved = 99;
  BOOL done = WriteFile(file, text, (DWORD)strlen(text), &moved, NULL);
  printf("write: %d %lu, size %lu\n", done, moved, GetFileSize(file, NULL));
}

int main(void) {
  file = CreateFileA("lw-pointer.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE,
                     NULL);
  write_some("0123456789");
  read_some(4);
  move("begin", 2, FILE_BEGIN);
  read_some(3);
  move("current", 2, FILE_CURRENT);
  read_some(30);
  move("end", -4, FILE_END);
  write_some("AB");
  move("where", 0, FILE_CURRENT);
  printf("cut: %d", SetEndOfFile(file));
  printf(", size %lu\n", GetFileSize(file, NULL));
  move("negative", -1, FILE_BEGIN);
  move("method", 0, 3);
  move("beyond", 20, FILE_BEGIN);
  read_some(5);
  write_some("Z");
  move("begin", 7, FILE_BEGIN);
  char text[32];
  DWORD moved;
  ReadFile(file, text, 32, &moved, NULL);
  int zeros = 0;
  for (DWORD i = 0; i < moved; i++) zeros += text[i] == 0;
  printf("filled up: %lu bytes, %d zeros\n", moved, zeros);

  LARGE_INTEGER target, at, size;
  target.QuadPart = 0x100000010LL;
  printf("far: %d", SetFilePointerEx(file, target, &at, FILE_BEGIN));
  printf(" %lld\n", (long long)at.QuadPart);
  LONG high = 0;
  DWORD low = SetFilePointer(file, 0, &high, FILE_CURRENT);
  printf("halves: %lu %ld\n", low, high);
  printf("size: %d", GetFileSizeEx(file, &size));
  printf(" %lld\n", (long long)size.QuadPart);
  target.QuadPart = 5;
  SetFilePointerEx(file, target, NULL, FILE_BEGIN);
  SetEndOfFile(file);
  read_some(1);
  move("begin", 0, FILE_BEGIN);
  read_some(0);
  read_some(32);
  printf("type %lu, flush %d\n", GetFileType(file), FlushFileBuffers(file));
  CloseHandle(file);
  SetLastError(0);
  low = SetFilePointer(file, 0, NULL, FILE_BEGIN);
  printf("closed: %ld error %lu\n", (LONG)low, GetLastError());
  return 0;
}
