// The last error of each thread, and the error mode of the process.
#include <stdatomic.h>

#include "errhandlingapi.h"

static _Thread_local DWORD last_error;
static _Atomic UINT error_mode;

DWORD GetLastError(void) { return last_error; }
void SetLastError(DWORD error) { last_error = error; }

UINT SetErrorMode(UINT mode) { return atomic_exchange(&error_mode, mode); }
UINT GetErrorMode(void) { return atomic_load(&error_mode); }
