// The clock, the machine, the running program and its end.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "object.h"
#include "processthreadsapi.h"
#include "sysinfoapi.h"

enum { NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000 };

ULONGLONG GetTickCount64(void) { return lw_clock_now() / NS_PER_MS; }
DWORD GetTickCount(void) { return (DWORD)GetTickCount64(); }

BOOL QueryPerformanceCounter(LARGE_INTEGER *counter) {
  if (!counter) return lw_failed_(ERROR_NOACCESS);
  counter->QuadPart = (LONGLONG)lw_clock_now();
  return TRUE;
}

BOOL QueryPerformanceFrequency(LARGE_INTEGER *frequency) {
  if (!frequency) return lw_failed_(ERROR_NOACCESS);
  frequency->QuadPart = NS_PER_SECOND;
  return TRUE;
}

void GetSystemInfo(SYSTEM_INFO *info) {
  enum { AMD64 = 9, AMD_X8664 = 8664, ALLOCATION_GRANULARITY = 65536 };
  DWORD processors = (DWORD)sysconf(_SC_NPROCESSORS_ONLN);
  *info = (SYSTEM_INFO){
      .wProcessorArchitecture = AMD64,
      .dwPageSize = (DWORD)sysconf(_SC_PAGESIZE),
      .lpMinimumApplicationAddress = (LPVOID)0x10000,
      .lpMaximumApplicationAddress = (LPVOID)0x7FFFFFFEFFFF,
      .dwActiveProcessorMask = processors < 64 ? ((DWORD_PTR)1 << processors) - 1 : ~(DWORD_PTR)0,
      .dwNumberOfProcessors = processors,
      .dwProcessorType = AMD_X8664,
      .dwAllocationGranularity = ALLOCATION_GRANULARITY,
  };
}

DWORD GetModuleFileNameA(HMODULE module, LPSTR path, DWORD size) {
  char whole[4096];
  ssize_t length = module ? -1 : readlink("/proc/self/exe", whole, sizeof whole);
  if (length < 0 || size == 0) {
    lw_failed_(module ? ERROR_INVALID_HANDLE : ERROR_INSUFFICIENT_BUFFER);
    return 0;
  }
  bool fits = (size_t)length < size;
  size_t kept = fits ? (size_t)length : size - 1;
  memcpy(path, whole, kept);
  path[kept] = 0;
  SetLastError(fits ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
  return fits ? (DWORD)kept : size;
}

void ExitProcess(UINT code) { exit((int)code); }
