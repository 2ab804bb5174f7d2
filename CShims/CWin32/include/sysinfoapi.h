// The clock, the processor count and the program's own path.
#pragma once

#include "minwindef.h"
#include "winerror.h"

#pragma clang assume_nonnull begin

/// Milliseconds of the monotonic clock (virtual under control).
ULONGLONG GetTickCount64(void);
/// The same, wrapping after 49.7 days.
DWORD GetTickCount(void);
/// Nanoseconds of the monotonic clock; FALSE only for NULL.
BOOL QueryPerformanceCounter(LARGE_INTEGER *_Nullable counter);
/// 1,000,000,000; FALSE only for NULL.
BOOL QueryPerformanceFrequency(LARGE_INTEGER *_Nullable frequency);

typedef struct _SYSTEM_INFO {
  WORD wProcessorArchitecture;
  WORD wReserved;
  DWORD dwPageSize;
  LPVOID _Nullable lpMinimumApplicationAddress;
  LPVOID _Nullable lpMaximumApplicationAddress;
  DWORD_PTR dwActiveProcessorMask;
  DWORD dwNumberOfProcessors;
  DWORD dwProcessorType;
  DWORD dwAllocationGranularity;
  WORD wProcessorLevel;
  WORD wProcessorRevision;
} SYSTEM_INFO, *LPSYSTEM_INFO;
/// Page size and processor count are real; the rest is what a 64-bit Windows says.
void GetSystemInfo(SYSTEM_INFO *info);

/// The path of the running program (`module` NULL); returns its length, or 0. A buffer that is too small gets a cut,
/// terminated path, `size`, and ERROR_INSUFFICIENT_BUFFER.
DWORD GetModuleFileNameA(HMODULE _Nullable module, LPSTR path, DWORD size);
#ifndef UNICODE
#define GetModuleFileName GetModuleFileNameA
#endif

#pragma clang assume_nonnull end
