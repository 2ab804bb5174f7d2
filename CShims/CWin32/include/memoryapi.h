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

typedef struct _MEMORY_BASIC_INFORMATION {
  PVOID _Nullable BaseAddress;
  PVOID _Nullable AllocationBase;
  DWORD AllocationProtect;
  WORD PartitionId;
  SIZE_T RegionSize;
  DWORD State;   ///< MEM_COMMIT, MEM_RESERVE
  DWORD Protect; ///< PAGE_...; 0 where nothing is committed
  DWORD Type;    ///< MEM_PRIVATE
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;
/// Tells of the pages from `address` on that are alike; the bytes written. 0 and ERROR_INVALID_PARAMETER for memory
/// that does not come from VirtualAlloc, ERROR_BAD_LENGTH when there is no room.
SIZE_T VirtualQuery(const void *_Nullable address, PMEMORY_BASIC_INFORMATION _Nullable information, SIZE_T bytes);

#pragma clang assume_nonnull end
