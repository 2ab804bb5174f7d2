// The machine, and the end of the program.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lw_utf16.h"
#include "object.h"
#include "processthreadsapi.h"
#include "sysinfoapi.h"
#include "winbase.h"

void GetSystemInfo(SYSTEM_INFO *info) {
  if (!info) return;
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

void GetNativeSystemInfo(SYSTEM_INFO *info) { GetSystemInfo(info); }
DWORD GetVersion(void) { return 10; }

// The name the network knows this machine by, cut to what Windows allows.
static size_t computer_name(char name[MAX_COMPUTERNAME_LENGTH + 1]) {
  char whole[256] = "";
  gethostname(whole, sizeof whole - 1);
  size_t bytes = 0;
  for (; bytes < MAX_COMPUTERNAME_LENGTH && whole[bytes] && whole[bytes] != '.'; bytes++)
    name[bytes] = (char)toupper((unsigned char)whole[bytes]);
  name[bytes] = 0;
  return bytes;
}

BOOL GetComputerNameA(LPSTR to, DWORD *size) {
  char name[MAX_COMPUTERNAME_LENGTH + 1];
  size_t bytes = computer_name(name);
  if (!size || (!to && *size > bytes)) return lw_failed_(ERROR_INVALID_PARAMETER);
  DWORD room = *size;
  *size = room > bytes ? (DWORD)bytes : (DWORD)bytes + 1;
  if (room <= bytes) return lw_failed_(ERROR_BUFFER_OVERFLOW);
  memcpy(to, name, bytes + 1);
  return TRUE;
}

BOOL GetComputerNameW(LPWSTR to, DWORD *size) {
  char name[MAX_COMPUTERNAME_LENGTH + 1];
  DWORD room = sizeof name;
  if (!size || !to) return lw_failed_(ERROR_INVALID_PARAMETER);
  GetComputerNameA(name, &room);
  bool fits = *size > room;
  if (fits) lw_utf8_to_utf16_(name, room + 1, to, *size);
  *size = fits ? room : room + 1;
  return fits ? TRUE : lw_failed_(ERROR_BUFFER_OVERFLOW);
}

int MulDiv(int number, int numerator, int denominator) {
  if (denominator == 0) return -1;
  LONGLONG product = (LONGLONG)number * numerator, magnitude = denominator < 0 ? -(LONGLONG)denominator : denominator;
  if (denominator < 0) product = -product;
  LONGLONG rounded = (product < 0 ? product - magnitude / 2 : product + magnitude / 2) / magnitude;
  return rounded > 0x7FFFFFFF || rounded < -0x7FFFFFFF ? -1 : (int)rounded;
}
