// The clocks and the machine.
#pragma once

#include "minwinbase.h"
#include "winerror.h"

#pragma clang assume_nonnull begin

/// Milliseconds of the monotonic clock (virtual under control).
ULONGLONG GetTickCount64(void);
/// The same, wrapping after 49.7 days.
DWORD GetTickCount(void);
/// The time of day in 100 ns since 1601, UTC. It goes with the monotonic clock from the first call on (virtual under
/// control), so it never goes back.
void GetSystemTimeAsFileTime(FILETIME *_Nullable time);
void GetSystemTimePreciseAsFileTime(FILETIME *_Nullable time);
/// The same as fields, in UTC and in the system's own time.
void GetSystemTime(SYSTEMTIME *_Nullable fields);
void GetLocalTime(SYSTEMTIME *_Nullable fields);

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
void GetSystemInfo(SYSTEM_INFO *_Nullable info);

/// The time that `GetTickCount64` counts, in 100 ns.
BOOL QueryUnbiasedInterruptTime(ULONGLONG *_Nullable ticks);

#define PF_COMPARE_EXCHANGE_DOUBLE 2
#define PF_MMX_INSTRUCTIONS_AVAILABLE 3
#define PF_XMMI_INSTRUCTIONS_AVAILABLE 6
#define PF_RDTSC_INSTRUCTION_AVAILABLE 8
#define PF_PAE_ENABLED 9
#define PF_XMMI64_INSTRUCTIONS_AVAILABLE 10
#define PF_NX_ENABLED 12
#define PF_SSE3_INSTRUCTIONS_AVAILABLE 13
#define PF_COMPARE_EXCHANGE128 14
/// Whether the processor has one of these; FALSE for anything that not every x86-64 processor has.
BOOL IsProcessorFeaturePresent(DWORD feature);

void GetNativeSystemInfo(SYSTEM_INFO *_Nullable info);
/// Windows 10: 10 in the low byte, 0 above it.
DWORD GetVersion(void);
#define MAX_COMPUTERNAME_LENGTH 15
/// The computer's name in capitals. `*size` is the room, then the length, or the room needed with FALSE and
/// ERROR_BUFFER_OVERFLOW.
BOOL GetComputerNameA(LPSTR _Nullable name, DWORD *_Nullable size);
BOOL GetComputerNameW(LPWSTR _Nullable name, DWORD *_Nullable size);
#ifdef UNICODE
#define GetComputerName GetComputerNameW
#else
#define GetComputerName GetComputerNameA
#endif

#pragma clang assume_nonnull end
