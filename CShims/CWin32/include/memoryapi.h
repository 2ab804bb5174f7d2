// Pages of the process: reserving, committing, protecting; and file mappings.
#pragma once

#include "minwinbase.h"
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
  DWORD Type;    ///< MEM_PRIVATE, MEM_MAPPED
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;
/// Tells of the pages from `address` on that are alike; the bytes written. 0 and ERROR_INVALID_PARAMETER for memory
/// that does not come from VirtualAlloc or MapViewOfFile, ERROR_BAD_LENGTH when there is no room.
SIZE_T VirtualQuery(const void *_Nullable address, PMEMORY_BASIC_INFORMATION _Nullable information, SIZE_T bytes);

// ------------------------------------------------------------------------------------------------------ file mappings

#define SECTION_QUERY 0x0001u
#define SECTION_MAP_WRITE 0x0002u
#define SECTION_MAP_READ 0x0004u
#define SECTION_MAP_EXECUTE 0x0008u
#define SECTION_EXTEND_SIZE 0x0010u
#define SECTION_ALL_ACCESS 0x000F001Fu
#define FILE_MAP_COPY 0x0001u
#define FILE_MAP_WRITE SECTION_MAP_WRITE
#define FILE_MAP_READ SECTION_MAP_READ
#define FILE_MAP_ALL_ACCESS SECTION_ALL_ACCESS
#define FILE_MAP_EXECUTE 0x0020u

/// A mapping of `file`, or of memory of its own with INVALID_HANDLE_VALUE, of that many bytes; 0: all of the file,
/// which grows where it is smaller and `protection` is PAGE_READWRITE. SEC_COMMIT and SEC_RESERVE are without effect.
/// With a name that a mapping has, that one is opened: ERROR_ALREADY_EXISTS. Another process that opens it needs the
/// one that made it. NULL: ERROR_INVALID_PARAMETER, ERROR_FILE_INVALID for an empty file, ERROR_ACCESS_DENIED,
/// ERROR_INVALID_HANDLE, ERROR_DISK_FULL, ERROR_NOT_ENOUGH_MEMORY. Close it with `CloseHandle`; views of it stay.
HANDLE _Nullable CreateFileMappingA(HANDLE _Nullable file, LPSECURITY_ATTRIBUTES _Nullable attributes, DWORD protection,
                                    DWORD bytes_high, DWORD bytes_low, LPCSTR _Nullable name);
HANDLE _Nullable CreateFileMappingW(HANDLE _Nullable file, LPSECURITY_ATTRIBUTES _Nullable attributes, DWORD protection,
                                    DWORD bytes_high, DWORD bytes_low, LPCWSTR _Nullable name);
/// The mapping of a name; `access` is FILE_MAP_.... NULL: ERROR_FILE_NOT_FOUND.
HANDLE _Nullable OpenFileMappingA(DWORD access, BOOL inherit, LPCSTR _Nullable name);
HANDLE _Nullable OpenFileMappingW(DWORD access, BOOL inherit, LPCWSTR _Nullable name);
/// Shows `bytes` bytes of a mapping from an offset on, a multiple of 65536 (ERROR_MAPPED_ALIGNMENT); 0: all that
/// follow. FILE_MAP_COPY keeps what is written to itself. NULL: ERROR_INVALID_PARAMETER behind the end,
/// ERROR_ACCESS_DENIED for more than there is or than the mapping allows, ERROR_NOT_ENOUGH_MEMORY. End it with
/// `UnmapViewOfFile`.
LPVOID _Nullable MapViewOfFile(HANDLE _Nullable mapping, DWORD access, DWORD offset_high, DWORD offset_low,
                               SIZE_T bytes);
/// The same at `address`, unless that is NULL; ERROR_INVALID_ADDRESS where something is already.
LPVOID _Nullable MapViewOfFileEx(HANDLE _Nullable mapping, DWORD access, DWORD offset_high, DWORD offset_low,
                                 SIZE_T bytes, LPVOID _Nullable address);
/// Ends the view in which `address` lies; ERROR_INVALID_ADDRESS.
BOOL UnmapViewOfFile(LPCVOID _Nullable address);
/// Writes to the file what has been changed in `bytes` bytes of a view; 0: in all that follow.
BOOL FlushViewOfFile(LPCVOID _Nullable address, SIZE_T bytes);

#define CreateFileMapping CreateFileMappingA
#define OpenFileMapping OpenFileMappingA

#pragma clang assume_nonnull end
