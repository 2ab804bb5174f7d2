// The time of day as a number and as fields.
#include <stdio.h>
#include <windows.h>

static void fields(ULONGLONG ticks) {
  FILETIME time = {(DWORD)ticks, (DWORD)(ticks >> 32)};
  SYSTEMTIME parts;
  SetLastError(0);
  if (!FileTimeToSystemTime(&time, &parts)) {
    printf("error %lu\n", GetLastError());
    return;
  }
  FILETIME back;
  BOOL done = SystemTimeToFileTime(&parts, &back);
  printf("%u-%02u-%02u (%u) %02u:%02u:%02u.%03u, back %d %lld\n", parts.wYear, parts.wMonth, parts.wDay,
         parts.wDayOfWeek, parts.wHour, parts.wMinute, parts.wSecond, parts.wMilliseconds, done,
         (long long)(ticks - ((ULONGLONG)back.dwHighDateTime << 32 | back.dwLowDateTime)));
}

int main(void) {
  fields(0);
  fields(116444736000000000ULL);
  fields(133000000001234567ULL);
  fields(0x8000000000000000ULL);
  SYSTEMTIME wrong = {2023, 13, 0, 1, 0, 0, 0, 0};
  FILETIME time, later;
  SetLastError(0);
  BOOL done = SystemTimeToFileTime(&wrong, &time);
  printf("wrong: %d error %lu\n", done, GetLastError());
  GetSystemTimeAsFileTime(&time);
  ULONGLONG ticks = GetTickCount64();
  Sleep(20);
  GetSystemTimeAsFileTime(&later);
  LONGLONG passed = (LONGLONG)(((ULONGLONG)later.dwHighDateTime << 32 | later.dwLowDateTime) -
                               ((ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime));
  printf("passed: %d %d\n", passed >= 150000, GetTickCount64() >= ticks);
  SYSTEMTIME now, local;
  GetSystemTime(&now);
  GetLocalTime(&local);
  printf("this century: %d %d\n", now.wYear / 100, local.wYear / 100);
  LARGE_INTEGER frequency, from, to;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&from);
  Sleep(10);
  QueryPerformanceCounter(&to);
  printf("counter: %d %d\n", frequency.QuadPart >= 1000000, to.QuadPart > from.QuadPart);
  return 0;
}
