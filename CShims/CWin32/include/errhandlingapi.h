// The last error of a thread, and what the process does about errors that nobody handles.
#pragma once

#include "minwindef.h"
#include "winerror.h"

/// The error code of the calling thread's last failed call; most calls that succeed leave it alone.
DWORD GetLastError(void);
/// Sets the calling thread's last error.
void SetLastError(DWORD error);

#define SEM_FAILCRITICALERRORS 0x0001u
#define SEM_NOGPFAULTERRORBOX 0x0002u
#define SEM_NOALIGNMENTFAULTEXCEPT 0x0004u
#define SEM_NOOPENFILEERRORBOX 0x8000u
/// Keeps `mode` and returns the mode before it; without effect, because no boxes are ever shown.
UINT SetErrorMode(UINT mode);
UINT GetErrorMode(void);
