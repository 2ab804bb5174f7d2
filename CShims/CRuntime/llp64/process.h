// <process.h> for Windows programs: threads under the names of Microsoft's C run time. It needs <windows.h> beside it,
// as the programs that use these have it.
#pragma once

#include <stdint.h>
#include <unistd.h>

#define _beginthreadex(security, stack_bytes, start, argument, flags, id)                                              \
  ((uintptr_t)CreateThread((security), (stack_bytes), (start), (argument), (flags), (DWORD *)(id)))
#define _endthreadex(code) ExitThread(code)
#define _getpid() getpid()
