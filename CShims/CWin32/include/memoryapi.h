// Pages of the process: reserving, committing, protecting.
#pragma once

#include "minwindef.h"
#include "winnt.h"

#pragma clang assume_nonnull begin

/// Reserves pages (MEM_RESERVE), gives reserved ones memory (MEM_COMMIT), or both. `address` NULL lets the system
/// choose; otherwise it lies in a range that was reserved before. Committed pages are zero. NULL:
/// ERROR_INVALID_PARAMETER, ERROR_INVALID_ADDRESS, ERROR_NOT_ENOUGH_MEMORY. Give the range back with `VirtualFree`.
LPVOID _Nullable VirtualAlloc(LPVOID _Nullable address, SIZE_T bytes, DWORD type, DWORD protection);
/// MEM_RELEASE (`bytes` 0) gives a whole range back, by its first address; MEM_DECOMMIT takes the memory of its pages.
BOOL VirtualFree(LPVOID _Nullable address, SIZE_T bytes, DWORD type);
/// Changes the protection of committed pages; `*before` is what the first had.
BOOL VirtualProtect(LPVOID _Nullable address, SIZE_T bytes, DWORD protection, DWORD *_Nullable before);

#pragma clang assume_nonnull end
