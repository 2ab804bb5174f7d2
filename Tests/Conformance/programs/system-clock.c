// Clocks go forward, agree with Sleep, and the system information is plausible.
#include <stdio.h>
#include <windows.h>

int main(void) {
  LARGE_INTEGER frequency, before, after;
  SYSTEM_INFO info;
  printf("frequency: %d %d\n", QueryPerformanceFrequency(&frequency), frequency.QuadPart > 0);
  printf("counter: %d", QueryPerformanceCounter(&before));
  ULONGLONG ticks = GetTickCount64();
  DWORD short_ticks = GetTickCount();
  Sleep(60);
  printf(" %d\n", QueryPerformanceCounter(&after));
  LONGLONG ms = (after.QuadPart - before.QuadPart) * 1000 / frequency.QuadPart;
  printf("slept at least 55 ms: %d %d %d\n", ms >= 55, GetTickCount64() - ticks >= 40,
         GetTickCount() - short_ticks >= 40);
  printf("not an hour: %d\n", ms < 3600000);
  Sleep(0);
  SwitchToThread();

  GetSystemInfo(&info);
  printf("pages of %lu, granularity %lu, architecture %u, processors %d\n", info.dwPageSize,
         info.dwAllocationGranularity, info.wProcessorArchitecture,
         info.dwNumberOfProcessors >= 1 && info.dwNumberOfProcessors <= 4096);
  return 0;
}
