// <process.h> for Windows programs: threads under the names of Microsoft's C run time. It needs <windows.h> beside it,
// as the programs that use these have it.
#pragma once

#include <stdint.h>

// As <unistd.h> declares them, which cannot stand beside Winsock.
int getpid(void);
_Noreturn void _exit(int code);

#define _beginthreadex(security, stack_bytes, start, argument, flags, id)                                              \
  ((uintptr_t)CreateThread((security), (stack_bytes), (start), (argument), (flags), (DWORD *)(id)))
#define _endthreadex(code) ExitThread(code)
#define _getpid() getpid()
