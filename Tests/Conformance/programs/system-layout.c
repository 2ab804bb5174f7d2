// Sizes, layouts and macros that programs build on.
#include <stdio.h>
#include <string.h>
#include <windows.h>

struct record {
  char name[5];
  OVERLAPPED overlapped;
  LARGE_INTEGER size;
};

int main(void) {
  struct record record;
  LARGE_INTEGER large;
  ULARGE_INTEGER ularge;
  large.QuadPart = -2;
  printf("%lx %ld\n", large.LowPart, large.HighPart);
  ularge.HighPart = 1;
  ularge.LowPart = 2;
  printf("%llu\n", ularge.QuadPart);
  printf("sizes %d %d %d %d %d %d %d\n", (int)sizeof(LONG), (int)sizeof(DWORD), (int)sizeof(HANDLE), (int)sizeof(WCHAR),
         (int)sizeof(BOOL), (int)sizeof(BOOLEAN), (int)sizeof(ULONG_PTR));
  printf("OVERLAPPED %d: %d %d %d %d %d\n", (int)sizeof(OVERLAPPED), (int)FIELD_OFFSET(OVERLAPPED, Internal),
         (int)FIELD_OFFSET(OVERLAPPED, InternalHigh), (int)FIELD_OFFSET(OVERLAPPED, Offset),
         (int)FIELD_OFFSET(OVERLAPPED, OffsetHigh), (int)FIELD_OFFSET(OVERLAPPED, hEvent));
  printf("containing: %d\n", CONTAINING_RECORD(&record.overlapped, struct record, overlapped) == &record);
  printf("words: %x %x %x %x %lx\n", LOWORD(0x12345678), HIWORD(0x12345678), LOBYTE(0x1234), HIBYTE(0x1234),
         (DWORD)MAKELONG(0x1111, 0x2222));
  ZeroMemory(&record, sizeof record);
  CopyMemory(record.name, "abcd", 5);
  FillMemory(record.name, 2, 'x');
  MoveMemory(record.name + 1, record.name, 3);
  printf("%s\n", record.name);
  printf("min %d max %d\n", min(3, 4), max(3, 4));
  int array[7];
  printf("array %d\n", (int)ARRAYSIZE(array));
  printf("%d %d\n", INFINITE == 0xFFFFFFFF, (int)MAX_PATH);
  SYSTEM_INFO info;
  FILETIME time = {1, 2};
  SYSTEMTIME system_time;
  GetSystemInfo(&info);
  GetSystemTimeAsFileTime(&time);
  GetSystemTime(&system_time);
  printf("year is plausible: %d\n", system_time.wYear >= 2024 && time.dwHighDateTime > 30000000);
  printf("%d %d\n", lstrlenA("hello"), lstrcmpiA("ABC", "abc"));
  return 0;
}
