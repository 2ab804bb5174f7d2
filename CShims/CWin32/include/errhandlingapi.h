// The last error of a thread.
#pragma once

#include "minwindef.h"
#include "winerror.h"

/// The error code of the calling thread's last failed call; most calls that succeed leave it alone.
DWORD GetLastError(void);
/// Sets the calling thread's last error.
void SetLastError(DWORD error);
