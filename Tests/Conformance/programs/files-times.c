// The times of a file, and writing them.
#include <stdio.h>
#include <windows.h>

static ULONGLONG number(FILETIME time) { return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime; }

int main(void) {
  FILETIME created, accessed, written, now, set = {0x80000000, 0x01D00000};
  HANDLE file = CreateFileA("lw-times.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                            FILE_FLAG_DELETE_ON_CLOSE, NULL);
  DWORD moved;
  WriteFile(file, "x", 1, &moved, NULL);
  GetSystemTimeAsFileTime(&now);
  printf("times: %d\n", GetFileTime(file, &created, &accessed, &written));
  LONGLONG age = (LONGLONG)(number(now) - number(written));
  printf("just written: %d\n", age > -600000000 && age < 600000000);
  printf("set: %d\n", SetFileTime(file, NULL, NULL, &set));
  GetFileTime(file, NULL, NULL, &written);
  printf("kept: %d\n", number(written) == number(set));
  printf("order: %ld %ld %ld\n", CompareFileTime(&set, &now), CompareFileTime(&now, &set), CompareFileTime(&set, &set));
  BY_HANDLE_FILE_INFORMATION information;
  GetFileInformationByHandle(file, &information);
  printf("by handle: %d\n", number(information.ftLastWriteTime) == number(set));
  WIN32_FIND_DATAA found;
  HANDLE search = FindFirstFileA("lw-times.tmp", &found);
  printf("found: %d\n", number(found.ftLastWriteTime) == number(set));
  FindClose(search);
  CloseHandle(file);
  SetLastError(0);
  BOOL done = GetFileTime(file, NULL, NULL, &written);
  printf("closed: %d error %lu\n", done, GetLastError());
  return 0;
}
