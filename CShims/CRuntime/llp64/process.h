// <process.h> for Windows programs: threads under the names of Microsoft's C run time. It needs <windows.h> beside it,
// as the programs that use these have it.
#pragma once

#include <stdint.h>

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

// As <unistd.h> declares them, which cannot stand beside Winsock.
int getpid(void);
_Noreturn void _exit(int code);

#define _beginthreadex(security, stack_bytes, start, argument, flags, id)                                              \
  ((uintptr_t)CreateThread((security), (stack_bytes), (start), (argument), (flags), (DWORD *)(id)))
#define _endthreadex(code) ExitThread(code)
#define _getpid() getpid()

/// A thread whose handle, which is returned, closes itself at its end; -1 and EAGAIN.
extern uintptr_t _beginthread(void (*start)(void *_Nullable argument), unsigned stack_bytes, void *_Nullable argument)
    LW_LLP64(_beginthread);
_Noreturn extern void _endthread(void) LW_LLP64(_endthread);

#pragma clang assume_nonnull end
