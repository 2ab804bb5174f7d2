// What the codes of failures mean to each other: Win32's, NT's, the system's and the sockets'. The one table.
#pragma once

#include "minwindef.h"

#pragma clang assume_nonnull begin

/// The Win32 code of an NTSTATUS, as RtlNtStatusToDosError has it. ERROR_MR_MID_NOT_FOUND for one that is not known.
DWORD lw_error_of_other_status_(DWORD status);
static inline DWORD lw_error_of_status_(DWORD status) { return status == 0 ? 0 : lw_error_of_other_status_(status); }
/// The NTSTATUS that stands for a system call's errno.
DWORD lw_status_of_errno_(int number);
/// The Win32 code that stands for a system call's errno.
static inline DWORD lw_error_of_errno_(int number) { return lw_error_of_status_(lw_status_of_errno_(number)); }
/// The Winsock code that stands for a socket call's errno.
DWORD lw_socket_error_of_errno_(int number);
/// The English sentence of a Win32 or Winsock code, in static storage, without a line end; %1 and %2 stand for inserts.
/// NULL when there is none.
const char *_Nullable lw_error_text_(DWORD error);

#pragma clang assume_nonnull end
