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
/// The same; `flags` are without effect. Always TRUE.
BOOL InitializeCriticalSectionEx(CRITICAL_SECTION *section, DWORD spin_count, DWORD flags);

/// A lock for one writer or many readers; not recursive. Needs no end.
typedef struct _RTL_SRWLOCK {
  PVOID _Nullable Ptr;
} SRWLOCK, *PSRWLOCK;
#define SRWLOCK_INIT {0}
void InitializeSRWLock(SRWLOCK *lock);
/// Waits for the lock. Who came first gets it first: a reader waits behind a waiting writer.
void AcquireSRWLockExclusive(SRWLOCK *lock);
void AcquireSRWLockShared(SRWLOCK *lock);
BOOLEAN TryAcquireSRWLockExclusive(SRWLOCK *lock);
BOOLEAN TryAcquireSRWLockShared(SRWLOCK *lock);
/// Ends the program with a sentence when the lock is not held that way.
void ReleaseSRWLockExclusive(SRWLOCK *lock);
void ReleaseSRWLockShared(SRWLOCK *lock);

/// What threads sleep on until another says that something has changed. Needs no end.
typedef struct _RTL_CONDITION_VARIABLE {
  PVOID _Nullable Ptr;
} CONDITION_VARIABLE, *PCONDITION_VARIABLE;
#define CONDITION_VARIABLE_INIT {0}
#define CONDITION_VARIABLE_LOCKMODE_SHARED 1u
void InitializeConditionVariable(CONDITION_VARIABLE *condition);
/// Releases the lock, sleeps until woken or for `ms` milliseconds, and takes the lock again. FALSE and ERROR_TIMEOUT at
/// the end of the time.
BOOL SleepConditionVariableCS(CONDITION_VARIABLE *condition, CRITICAL_SECTION *section, DWORD ms);
BOOL SleepConditionVariableSRW(CONDITION_VARIABLE *condition, SRWLOCK *lock, DWORD ms, ULONG flags);
/// Wakes the oldest sleeper, or all.
void WakeConditionVariable(CONDITION_VARIABLE *condition);
void WakeAllConditionVariable(CONDITION_VARIABLE *condition);

/// Something that is to be done once in the process.
typedef union _RTL_RUN_ONCE {
  PVOID _Nullable Ptr;
} INIT_ONCE, *PINIT_ONCE, *LPINIT_ONCE;
#define INIT_ONCE_STATIC_INIT {0}
#define INIT_ONCE_CHECK_ONLY 0x00000001u
#define INIT_ONCE_ASYNC 0x00000002u
#define INIT_ONCE_INIT_FAILED 0x00000004u
typedef BOOL(CALLBACK *PINIT_ONCE_FN)(PINIT_ONCE once, PVOID _Nullable parameter, PVOID _Nullable *_Nullable context);
void InitOnceInitialize(INIT_ONCE *once);
/// Calls `function` unless it has been called and returned TRUE before; others wait meanwhile. `*context` is what it
/// left (the two low bits clear). FALSE when it returned FALSE: the next caller tries again.
BOOL InitOnceExecuteOnce(INIT_ONCE *once, PINIT_ONCE_FN function, PVOID _Nullable parameter,
                         LPVOID _Nullable *_Nullable context);
/// The same in two calls: `*pending` TRUE tells the caller to do it and to call `InitOnceComplete`. With
/// INIT_ONCE_CHECK_ONLY FALSE and ERROR_GEN_FAILURE when it is not done. INIT_ONCE_ASYNC is ERROR_INVALID_PARAMETER.
BOOL InitOnceBeginInitialize(INIT_ONCE *once, DWORD flags, BOOL *pending, LPVOID _Nullable *_Nullable context);
BOOL InitOnceComplete(INIT_ONCE *once, DWORD flags, LPVOID _Nullable context);

#pragma clang assume_nonnull end
