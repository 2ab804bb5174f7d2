// Events, semaphores, mutexes, waits, sleeping and critical sections.
#pragma once

#include "lw_annotations.h"
#include "minwinbase.h"

#pragma clang assume_nonnull begin
LW_CALLERS_STAY_BEGIN

#define INFINITE 0xFFFFFFFFu
#define MAXIMUM_WAIT_OBJECTS 64u

// Events, semaphores and mutexes may have names, which are one namespace of this process and, from the first child on,
// of all processes of its family: children that CreateProcess starts, and theirs. An object lives until its last handle
// in any of them is closed; children also inherit handles. The Create functions open the object of that name and type
// if there is one (then GetLastError is ERROR_ALREADY_EXISTS, otherwise ERROR_SUCCESS); the Open functions only that. A
// name may begin with Local\ (as every name does) or Global\. NULL on failure: ERROR_INVALID_HANDLE when the name
// belongs to an object of another type, ERROR_FILE_NOT_FOUND when there is nothing to open, ERROR_PATH_NOT_FOUND for a
// name with a further backslash, ERROR_FILENAME_EXCED_RANGE for one of MAX_PATH bytes or more, ERROR_INVALID_PARAMETER,
// ERROR_NOT_ENOUGH_MEMORY. What they return is closed with `CloseHandle`. The handle has the rights in `access`, or
// all.

#define CREATE_EVENT_MANUAL_RESET 0x00000001u
#define CREATE_EVENT_INITIAL_SET 0x00000002u

/// Creates an event, of the kind that a satisfied wait resets unless `manual_reset`.
HANDLE _Nullable CreateEventA(LPSECURITY_ATTRIBUTES _Nullable attributes, BOOL manual_reset, BOOL initial_state,
                              LPCSTR _Nullable name);
HANDLE _Nullable CreateEventW(LPSECURITY_ATTRIBUTES _Nullable attributes, BOOL manual_reset, BOOL initial_state,
                              LPCWSTR _Nullable name);
/// The same with CREATE_EVENT_... flags.
HANDLE _Nullable CreateEventExA(LPSECURITY_ATTRIBUTES _Nullable attributes, LPCSTR _Nullable name, DWORD flags,
                                DWORD access);
HANDLE _Nullable CreateEventExW(LPSECURITY_ATTRIBUTES _Nullable attributes, LPCWSTR _Nullable name, DWORD flags,
                                DWORD access);
HANDLE _Nullable OpenEventA(DWORD access, BOOL inherit, LPCSTR _Nullable name);
HANDLE _Nullable OpenEventW(DWORD access, BOOL inherit, LPCWSTR _Nullable name);

/// Creates a semaphore that counts from `initial` up to `maximum`; a satisfied wait takes one. ERROR_INVALID_PARAMETER
/// for a maximum below 1 or an initial count that is not within.
HANDLE _Nullable CreateSemaphoreA(LPSECURITY_ATTRIBUTES _Nullable attributes, LONG initial, LONG maximum,
                                  LPCSTR _Nullable name);
HANDLE _Nullable CreateSemaphoreW(LPSECURITY_ATTRIBUTES _Nullable attributes, LONG initial, LONG maximum,
                                  LPCWSTR _Nullable name);
/// The same; `flags` must be 0.
HANDLE _Nullable CreateSemaphoreExA(LPSECURITY_ATTRIBUTES _Nullable attributes, LONG initial, LONG maximum,
                                    LPCSTR _Nullable name, DWORD flags, DWORD access);
HANDLE _Nullable CreateSemaphoreExW(LPSECURITY_ATTRIBUTES _Nullable attributes, LONG initial, LONG maximum,
                                    LPCWSTR _Nullable name, DWORD flags, DWORD access);
HANDLE _Nullable OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR _Nullable name);
HANDLE _Nullable OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR _Nullable name);
/// Adds `count` to a semaphore; the count before goes to `previous`. FALSE and nothing is added: ERROR_TOO_MANY_POSTS
/// when the maximum would be exceeded, ERROR_INVALID_PARAMETER for a count below 1, ERROR_INVALID_HANDLE,
/// ERROR_ACCESS_DENIED for a handle without SEMAPHORE_MODIFY_STATE.
BOOL ReleaseSemaphore(HANDLE _Nullable semaphore, LONG count, LONG *_Nullable previous);

#define CREATE_MUTEX_INITIAL_OWNER 0x00000001u

/// Creates a mutex, which the calling thread owns if `owned`. A satisfied wait makes the waiting thread its owner; the
/// owner's further waits are satisfied at once, and it releases the mutex as often. When the owner ends before, the
/// mutex is abandoned: the next wait gets it and WAIT_ABANDONED_0.
HANDLE _Nullable CreateMutexA(LPSECURITY_ATTRIBUTES _Nullable attributes, BOOL owned, LPCSTR _Nullable name);
HANDLE _Nullable CreateMutexW(LPSECURITY_ATTRIBUTES _Nullable attributes, BOOL owned, LPCWSTR _Nullable name);
/// The same; `flags` is 0 or CREATE_MUTEX_INITIAL_OWNER.
HANDLE _Nullable CreateMutexExA(LPSECURITY_ATTRIBUTES _Nullable attributes, LPCSTR _Nullable name, DWORD flags,
                                DWORD access);
HANDLE _Nullable CreateMutexExW(LPSECURITY_ATTRIBUTES _Nullable attributes, LPCWSTR _Nullable name, DWORD flags,
                                DWORD access);
HANDLE _Nullable OpenMutexA(DWORD access, BOOL inherit, LPCSTR _Nullable name);
HANDLE _Nullable OpenMutexW(DWORD access, BOOL inherit, LPCWSTR _Nullable name);
/// Takes back one wait. FALSE: ERROR_NOT_OWNER when the calling thread does not own the mutex, ERROR_INVALID_HANDLE.
BOOL ReleaseMutex(HANDLE _Nullable mutex);

#ifdef UNICODE
#define CreateEvent CreateEventW
#define CreateEventEx CreateEventExW
#define OpenEvent OpenEventW
#define CreateSemaphore CreateSemaphoreW
#define CreateSemaphoreEx CreateSemaphoreExW
#define OpenSemaphore OpenSemaphoreW
#define CreateMutex CreateMutexW
#define CreateMutexEx CreateMutexExW
#define OpenMutex OpenMutexW
#else
#define CreateEvent CreateEventA
#define CreateEventEx CreateEventExA
#define OpenEvent OpenEventA
#define CreateSemaphore CreateSemaphoreA
#define CreateSemaphoreEx CreateSemaphoreExA
#define OpenSemaphore OpenSemaphoreA
#define CreateMutex CreateMutexA
#define CreateMutexEx CreateMutexExA
#define OpenMutex OpenMutexA
#endif

/// Signals an event: releases every waiter (manual reset) or exactly one (auto reset; sets do not add up). FALSE and
/// ERROR_INVALID_HANDLE when `event` is no event, ERROR_ACCESS_DENIED without EVENT_MODIFY_STATE.
BOOL SetEvent(HANDLE _Nullable event);
/// Makes an event unsignalled.
BOOL ResetEvent(HANDLE _Nullable event);
/// Releases those who wait for the event right now (one, of the auto-reset kind) and leaves it unsignalled. Who waits
/// right now is rarely known; never pulse an event of a registered wait.
BOOL PulseEvent(HANDLE _Nullable event);

/// Waits until `object` is signalled (WAIT_OBJECT_0; what the wait takes from the object is taken) or `ms` milliseconds
/// have passed (WAIT_TIMEOUT; the last error is left alone). WAIT_ABANDONED_0 instead of WAIT_OBJECT_0 for a mutex
/// whose owner ended without releasing it. WAIT_FAILED with ERROR_INVALID_HANDLE for what cannot be waited for,
/// ERROR_ACCESS_DENIED for a handle without SYNCHRONIZE.
DWORD WaitForSingleObject(HANDLE _Nullable object, DWORD ms);
/// The same; an `alertable` wait also ends, with WAIT_IO_COMPLETION, when calls are queued to the thread: after it has
/// made them. What is signalled when the wait begins comes before calls, and these come before a timeout.
DWORD WaitForSingleObjectEx(HANDLE _Nullable object, DWORD ms, BOOL alertable);
/// Waits for the first of 1 ... 64 objects (the lowest signalled index is returned, only that one is consumed) or, with
/// `all`, until all are signalled at one moment (nothing is consumed before). WAIT_FAILED with ERROR_INVALID_PARAMETER
/// for a bad count or, with `all`, the same object twice; with ERROR_INVALID_HANDLE also for a pseudo handle.
DWORD WaitForMultipleObjects(DWORD count, const HANDLE _Nullable *_Nullable objects, BOOL all, DWORD ms);
/// The same, alertable as `WaitForSingleObjectEx`.
DWORD WaitForMultipleObjectsEx(DWORD count, const HANDLE _Nullable *_Nullable objects, BOOL all, DWORD ms,
                               BOOL alertable);
/// Signals one object (an event is set, a semaphore released once, a mutex released once) and waits for another, with
/// nothing between. WAIT_FAILED also when the first cannot be signalled: ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED,
/// ERROR_TOO_MANY_POSTS, ERROR_NOT_OWNER.
DWORD SignalObjectAndWait(HANDLE _Nullable signalled, HANDLE _Nullable waited, DWORD ms, BOOL alertable);

/// Sleeps `ms` milliseconds; INFINITE for ever, 0 gives way.
void Sleep(DWORD ms);
/// The same; alertable as `WaitForSingleObjectEx`: then WAIT_IO_COMPLETION, else 0.
DWORD SleepEx(DWORD ms, BOOL alertable);

/// A recursive lock of the process. The first fields are Windows' own, so that programs may look at them.
typedef struct _RTL_CRITICAL_SECTION {
  PVOID _Nullable DebugInfo;
  LONG LockCount;
  LONG RecursionCount;
  HANDLE _Nullable OwningThread;
  DWORD lock_[2]; ///< an lw_lock
  ULONG_PTR SpinCount;
} CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION, RTL_CRITICAL_SECTION, *PRTL_CRITICAL_SECTION;

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
/// Keeps another spin count; returns the former.
DWORD SetCriticalSectionSpinCount(CRITICAL_SECTION *section, DWORD spin_count);
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

/// Sleeps while the value of 1, 2, 4 or 8 bytes at `address` is the one at `compared`, until it is woken or for `ms`
/// milliseconds; may return early, so the caller looks again. FALSE: ERROR_TIMEOUT, ERROR_INVALID_PARAMETER.
BOOL WaitOnAddress(volatile VOID *_Nullable address, PVOID _Nullable compared, SIZE_T bytes, DWORD ms);
/// Wakes the oldest sleeper of an address, or all.
void WakeByAddressSingle(PVOID address);
void WakeByAddressAll(PVOID address);

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
/// INIT_ONCE_CHECK_ONLY FALSE and ERROR_GEN_FAILURE when it is not done. With INIT_ONCE_ASYNC in both calls several may
/// be at it: the first that completes has done it, the others get ERROR_GEN_FAILURE. ERROR_INVALID_PARAMETER for
/// mixing the two.
BOOL InitOnceBeginInitialize(INIT_ONCE *once, DWORD flags, BOOL *pending, LPVOID _Nullable *_Nullable context);
BOOL InitOnceComplete(INIT_ONCE *once, DWORD flags, LPVOID _Nullable context);

LW_CALLERS_STAY_END
#pragma clang assume_nonnull end
