// The native error codes' translation, for programs that ask <winternl.h> for it.
#pragma once

#include "minwindef.h"

#define NT_SUCCESS(status) ((NTSTATUS)(status) >= 0)

/// The Win32 code of a status; ERROR_MR_MID_NOT_FOUND for one that is not known.
ULONG RtlNtStatusToDosError(NTSTATUS status);
