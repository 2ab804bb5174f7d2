// The standard streams as files: written past printf's buffer, replaced, and asked what they are.
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(void) {
  DWORD moved = 9;
  HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
  printf("first, by printf\n");
  fflush(stdout);
  BOOL done = WriteFile(output, "second, by WriteFile\n", 21, &moved, NULL);
  printf("third: %d %lu\n", done, moved);
  printf("the same handle: %d\n", output == GetStdHandle(STD_OUTPUT_HANDLE));
  printf("others: %d %d\n", GetStdHandle(STD_INPUT_HANDLE) != output, GetStdHandle(STD_ERROR_HANDLE) != output);
  DWORD type = GetFileType(output);
  printf("a file or a pipe: %d\n", type == FILE_TYPE_DISK || type == FILE_TYPE_PIPE || type == FILE_TYPE_CHAR);
  SetLastError(0);
  HANDLE none = GetStdHandle(77);
  printf("none: %d error %lu\n", none == INVALID_HANDLE_VALUE, GetLastError());
  HANDLE file = CreateFileA("lw-standard.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                            FILE_FLAG_DELETE_ON_CLOSE, NULL);
  printf("set: %d", SetStdHandle(STD_OUTPUT_HANDLE, file));
  printf(", it is there: %d\n", GetStdHandle(STD_OUTPUT_HANDLE) == file);
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), "hidden", 6, &moved, NULL);
  printf("printf goes on, the file has %lu\n", GetFileSize(file, NULL));
  SetStdHandle(STD_OUTPUT_HANDLE, output);
  CloseHandle(file);
  SetLastError(0);
  done = WriteFile(GetStdHandle(STD_INPUT_HANDLE), "x", 1, &moved, NULL);
  printf("write to the input: %d\n", done);
  return 0;
}
