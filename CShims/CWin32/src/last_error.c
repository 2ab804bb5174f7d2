// The last error of each thread.
#include "errhandlingapi.h"

static _Thread_local DWORD last_error;

DWORD GetLastError(void) { return last_error; }
void SetLastError(DWORD error) { last_error = error; }
