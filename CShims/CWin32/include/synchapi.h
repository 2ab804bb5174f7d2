// Events, waits, sleeping and critical sections.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

#define INFINITE 0xFFFFFFFFu
#define MAXIMUM_WAIT_OBJECTS 64u

/// Creates an event, or opens the one of that name in this process (then GetLastError is ERROR_ALREADY_EXISTS; it is
/// ERROR_SUCCESS for a new one). Names are not visible to other processes. NULL on failure: ERROR_NOT_ENOUGH_MEMORY,
/// ERROR_INVALID_HANDLE when the name belongs to an object of another type, ERROR_FILENAME_EXCED_RANGE for a name of
/// MAX_PATH bytes or more. Close it with `CloseHandle`.
HANDLE _Nullable CreateEventA(LPSECURITY_ATTRIBUTES _Nullable attributes, BOOL manual_reset, BOOL initial_state,
                              LPCSTR _Nullable name);
/// `CreateEventA` with a UTF-16 name.
HANDLE _Nullable CreateEventW(LPSECURITY_ATTRIBUTES _Nullable attributes, BOOL manual_reset, BOOL initial_state,
                              LPCWSTR _Nullable name);
/// Opens an event of this process by name; NULL and ERROR_FILE_NOT_FOUND when there is none.
HANDLE _Nullable OpenEventA(DWORD access, BOOL inherit, LPCSTR _Nullable name);
#ifdef UNICODE
#define CreateEvent CreateEventW
#else
#define CreateEvent CreateEventA
#define OpenEvent OpenEventA
#endif
#define EVENT_MODIFY_STATE 0x0002u
#define EVENT_ALL_ACCESS 0x1F0003u
#define SYNCHRONIZE 0x00100000u

/// Signals an event: releases every waiter (manual reset) or exactly one (auto reset; sets do not add up). FALSE and
/// ERROR_INVALID_HANDLE when `event` is no event.
BOOL SetEvent(HANDLE _Nullable event);
/// Makes an event unsignalled.
BOOL ResetEvent(HANDLE _Nullable event);

/// Waits until `object` is signalled (WAIT_OBJECT_0; an auto-reset event is reset by it) or `ms` milliseconds have
/// passed (WAIT_TIMEOUT; the last error is left alone). WAIT_FAILED and ERROR_INVALID_HANDLE for what cannot be waited
/// for.
DWORD WaitForSingleObject(HANDLE _Nullable object, DWORD ms);
/// Waits for the first of 1 ... 64 objects (the lowest signalled index is returned, only that one is consumed) or, with
/// `all`, until all are signalled at one moment (nothing is consumed before). WAIT_FAILED with ERROR_INVALID_PARAMETER
/// for a bad count or, with `all`, the same object twice.
DWORD WaitForMultipleObjects(DWORD count, const HANDLE _Nullable *_Nullable objects, BOOL all, DWORD ms);

/// Sleeps `ms` milliseconds; INFINITE for ever, 0 gives way.
void Sleep(DWORD ms);

/// A recursive lock of the process. The first fields are Windows' own, so that programs may look at them.
typedef struct _RTL_CRITICAL_SECTION {
  PVOID _Nullable DebugInfo;
  LONG LockCount;
  LONG RecursionCount;
  HANDLE _Nullable OwningThread;
  DWORD lock_[2]; ///< an lw_lock
  ULONG_PTR SpinCount;
} CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION;

/// Makes a critical section usable; end it with `DeleteCriticalSection`.
void InitializeCriticalSection(CRITICAL_SECTION *section);
/// Enters, waiting for the owner; recursive.
void EnterCriticalSection(CRITICAL_SECTION *section);
/// Enters unless another thread owns it.
BOOL TryEnterCriticalSection(CRITICAL_SECTION *section);
/// Leaves once; ends the program with a sentence when the caller is not the owner.
void LeaveCriticalSection(CRITICAL_SECTION *section);
void DeleteCriticalSection(CRITICAL_SECTION *section);
/// `InitializeCriticalSection`; the spin count is kept and without effect. Always TRUE.
BOOL InitializeCriticalSectionAndSpinCount(CRITICAL_SECTION *section, DWORD spin_count);

#pragma clang assume_nonnull end
