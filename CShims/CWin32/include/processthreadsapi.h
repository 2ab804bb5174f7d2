// Child processes and threads.
#pragma once

#include "lw_annotations.h"
#include "lw_startup.h"
#include "minwinbase.h"

#pragma clang assume_nonnull begin
LW_CALLERS_STAY_BEGIN

typedef struct _PROCESS_INFORMATION {
  HANDLE _Nullable hProcess;
  HANDLE _Nullable hThread;
  DWORD dwProcessId;
  DWORD dwThreadId;
} PROCESS_INFORMATION, *PPROCESS_INFORMATION, *LPPROCESS_INFORMATION;

#define CREATE_SUSPENDED 0x00000004u
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000u
#define MAXIMUM_SUSPEND_COUNT 127u ///< winnt.h
#define DETACHED_PROCESS 0x00000008u
#define CREATE_NEW_CONSOLE 0x00000010u
#define CREATE_NEW_PROCESS_GROUP 0x00000200u
#define CREATE_UNICODE_ENVIRONMENT 0x00000400u
#define EXTENDED_STARTUPINFO_PRESENT 0x00080000u ///< `startup` is a STARTUPINFOEX, and says so in `cb`
#define CREATE_BREAKAWAY_FROM_JOB 0x01000000u
#define CREATE_DEFAULT_ERROR_MODE 0x04000000u
#define CREATE_NO_WINDOW 0x08000000u
/// Starts a program. Without `application` the first word of `command_line` names it, looked for beside the running
/// program, in the working directory and along PATH; a name with a separator is taken as it is. The rest is split into
/// arguments by the rules of Microsoft's C run time. `environment` is a block of strings ended by an empty one, UTF-16
/// with CREATE_UNICODE_ENVIRONMENT. With CREATE_SUSPENDED the child begins when `hThread` is resumed.
///
/// The child gets the standard streams of the caller, or with STARTF_USESTDHANDLES what the three handles name: disk
/// files, standard streams, and pipe ends, whose bytes a thread of this process carries to and from the child. They
/// must be inheritable (`bInheritHandle`, or HANDLE_FLAG_INHERIT) and `inherit_handles` be set, or the child has none.
/// Handles are inherited as `inherit_handles` says, or those of an attribute list. The exit signal of a child that
/// writes into a pipe comes after all it has written.
///
/// FALSE: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_BAD_EXE_FORMAT, ERROR_DIRECTORY (no
/// such working directory), ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER. Both handles are the caller's to close.
BOOL CreateProcessA(LPCSTR _Nullable application, LPSTR _Nullable command_line,
                    LPSECURITY_ATTRIBUTES _Nullable process_attributes,
                    LPSECURITY_ATTRIBUTES _Nullable thread_attributes, BOOL inherit_handles, DWORD flags,
                    LPVOID _Nullable environment, LPCSTR _Nullable directory, LPSTARTUPINFOA _Nullable startup,
                    LPPROCESS_INFORMATION _Nullable information);
BOOL CreateProcessW(LPCWSTR _Nullable application, LPWSTR _Nullable command_line,
                    LPSECURITY_ATTRIBUTES _Nullable process_attributes,
                    LPSECURITY_ATTRIBUTES _Nullable thread_attributes, BOOL inherit_handles, DWORD flags,
                    LPVOID _Nullable environment, LPCWSTR _Nullable directory, LPSTARTUPINFOW _Nullable startup,
                    LPPROCESS_INFORMATION _Nullable information);
/// What this process was started with, as far as it is kept: only `cb` is set.
void GetStartupInfoA(STARTUPINFOA *_Nullable startup);
void GetStartupInfoW(STARTUPINFOW *_Nullable startup);
#ifdef UNICODE
#define CreateProcess CreateProcessW
#define GetStartupInfo GetStartupInfoW
#else
#define CreateProcess CreateProcessA
#define GetStartupInfo GetStartupInfoA
#endif

/// The exit code; STILL_ACTIVE until the process has ended. A child that is a program of this layer leaves all 32 bits,
/// any other the 8 that the system keeps. A process that a signal ended has the code that Windows
/// gives the like: 0xC0000005 (SIGSEGV, SIGBUS), 0xC000001D (SIGILL), 0xC0000094 (SIGFPE), 0x80000003 (SIGTRAP),
/// 0xC000013A (SIGINT), 3 (SIGABRT); any other 128 + signal.
BOOL GetExitCodeProcess(HANDLE _Nullable process, DWORD *_Nullable code);
/// Asks for the end of a process with exit code `code` (wait for its handle). FALSE and ERROR_ACCESS_DENIED when that
/// was asked before or it has ended already. The caller's own pseudo handle ends the program at once.
BOOL TerminateProcess(HANDLE _Nullable process, UINT code);
/// When a process began and ended, as the time of day (0: it has not ended), and the time it ran in the system and in
/// its own code, in 100 ns. FALSE: ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_NOACCESS.
BOOL GetProcessTimes(HANDLE _Nullable process, FILETIME *_Nullable began, FILETIME *_Nullable ended,
                     FILETIME *_Nullable kernel, FILETIME *_Nullable user);
/// The number that the system knows a process by; 0 and ERROR_INVALID_HANDLE for another handle.
DWORD GetProcessId(HANDLE _Nullable process);
/// Ends the program. Streams are flushed; functions given to atexit are not called, as on Windows.
_Noreturn void ExitProcess(UINT code);
DWORD GetCurrentProcessId(void);
/// A pseudo handle of this process, good wherever a handle is, but for WaitForMultipleObjects.
HANDLE _Nullable GetCurrentProcess(void);

#define NORMAL_PRIORITY_CLASS 0x00000020u
#define IDLE_PRIORITY_CLASS 0x00000040u
#define HIGH_PRIORITY_CLASS 0x00000080u
#define REALTIME_PRIORITY_CLASS 0x00000100u
#define BELOW_NORMAL_PRIORITY_CLASS 0x00004000u
#define ABOVE_NORMAL_PRIORITY_CLASS 0x00008000u
/// The class that was set for this process, which is without effect; 0 on failure.
DWORD GetPriorityClass(HANDLE _Nullable process);
/// FALSE: ERROR_INVALID_PARAMETER for what is none of these, ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED.
BOOL SetPriorityClass(HANDLE _Nullable process, DWORD priority_class);
/// A bit for each processor, twice; nothing confines a process.
BOOL GetProcessAffinityMask(HANDLE _Nullable process, DWORD_PTR *_Nullable own, DWORD_PTR *_Nullable system);
/// Without effect: the processors of before, which are all. 0: ERROR_INVALID_PARAMETER for what is no part of them.
DWORD_PTR SetThreadAffinityMask(HANDLE _Nullable thread, DWORD_PTR mask);
/// The open handles of this process; ERROR_NOT_SUPPORTED for another.
BOOL GetProcessHandleCount(HANDLE _Nullable process, DWORD *_Nullable count);
/// The processor that the calling thread ran on just now.
DWORD GetCurrentProcessorNumber(void);

/// Starts a thread; its handle is signalled when it ends. `stack_bytes` is without effect. `flags` 0 or
/// CREATE_SUSPENDED (it begins at `ResumeThread`). NULL: ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
HANDLE _Nullable CreateThread(LPSECURITY_ATTRIBUTES _Nullable attributes, SIZE_T stack_bytes,
                              LPTHREAD_START_ROUTINE _Nullable start, LPVOID _Nullable parameter, DWORD flags,
                              DWORD *_Nullable thread_id);
/// Takes one from a thread's suspend count, which CREATE_SUSPENDED begins at 1; at 0 it begins. Returns the former
/// count, (DWORD)-1 on failure.
DWORD ResumeThread(HANDLE _Nullable thread);
/// Adds one to the suspend count of a thread and returns the former count. One that runs is stopped in the program's
/// code or where it sleeps. (DWORD)-1 on failure: ERROR_ACCESS_DENIED for a thread that has ended, and, unlike Windows,
/// ERROR_NOT_SUPPORTED for one that runs and cannot be stopped: in a program that tools/cc has not built, under
/// control, or because it has blocked all signals itself (which takes a second to tell).
DWORD SuspendThread(HANDLE _Nullable thread);
/// Queues a call of `function(argument)` to a thread, which makes it in its next alertable wait, or before it begins
/// when it has not begun. Calls are made in order; those left when the thread ends are dropped. 0 on failure:
/// ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER, ERROR_GEN_FAILURE for a thread that has ended.
DWORD QueueUserAPC(PAPCFUNC _Nullable function, HANDLE _Nullable thread, ULONG_PTR argument);
/// Ends a thread that has not begun, with `code`, or the calling one; TRUE, and nothing done, for one that has ended.
/// Unlike Windows it refuses a thread that runs, with ERROR_NOT_SUPPORTED: it might hold a lock of this layer.
BOOL TerminateThread(HANDLE _Nullable thread, DWORD code);
/// Ends the calling thread with `code`, without returning through its callers.
_Noreturn void ExitThread(DWORD code);
/// The exit code; STILL_ACTIVE until the thread has ended.
BOOL GetExitCodeThread(HANDLE _Nullable thread, DWORD *_Nullable code);
/// The same as GetProcessTimes, of a thread.
BOOL GetThreadTimes(HANDLE _Nullable thread, FILETIME *_Nullable began, FILETIME *_Nullable ended,
                    FILETIME *_Nullable kernel, FILETIME *_Nullable user);
/// The number of a thread; 0 and ERROR_INVALID_HANDLE for another handle.
DWORD GetThreadId(HANDLE _Nullable thread);
/// The number of the process that a thread is of; 0 and ERROR_INVALID_HANDLE for another handle.
DWORD GetProcessIdOfThread(HANDLE _Nullable thread);
/// Opens a thread of this process that has not ended, or that somebody still has a handle of, by its number; NULL and
/// ERROR_INVALID_PARAMETER when there is none. Close it with `CloseHandle`.
HANDLE _Nullable OpenThread(DWORD access, BOOL inherit, DWORD id);
/// Opens this process, a child that somebody still has a handle of, or another process of the system, by its number. Of
/// the last only the end is seen: its exit code is 0, and it is not for this process to end. NULL and
/// ERROR_INVALID_PARAMETER when there is none. Close it with `CloseHandle`.
HANDLE _Nullable OpenProcess(DWORD access, BOOL inherit, DWORD id);

#define THREAD_PRIORITY_IDLE (-15)
#define THREAD_PRIORITY_LOWEST (-2)
#define THREAD_PRIORITY_BELOW_NORMAL (-1)
#define THREAD_PRIORITY_NORMAL 0
#define THREAD_PRIORITY_ABOVE_NORMAL 1
#define THREAD_PRIORITY_HIGHEST 2
#define THREAD_PRIORITY_TIME_CRITICAL 15
#define THREAD_PRIORITY_ERROR_RETURN 0x7FFFFFFF
/// Keeps a priority, which is without effect here; ERROR_INVALID_PARAMETER for one that is none of these.
BOOL SetThreadPriority(HANDLE _Nullable thread, int priority);
/// What was kept; THREAD_PRIORITY_ERROR_RETURN on failure.
int GetThreadPriority(HANDLE _Nullable thread);
/// A pseudo handle of the calling thread, good wherever a handle is, but for WaitForMultipleObjects.
HANDLE _Nullable GetCurrentThread(void);
/// The calling thread's number in traces and reports, unique in this process while it lives.
DWORD GetCurrentThreadId(void);
/// Gives way to another thread. Always TRUE.
BOOL SwitchToThread(void);

#define TLS_OUT_OF_INDEXES 0xFFFFFFFFu
#define TLS_MINIMUM_AVAILABLE 64u
/// An index under which each thread has a value of its own, NULL at first; TLS_OUT_OF_INDEXES when there is none left.
/// End it with `TlsFree`.
DWORD TlsAlloc(void);
/// The calling thread's value; sets the last error to 0. NULL and ERROR_INVALID_PARAMETER for no index.
LPVOID _Nullable TlsGetValue(DWORD index);
BOOL TlsSetValue(DWORD index, LPVOID _Nullable value);
BOOL TlsFree(DWORD index);

#define FLS_OUT_OF_INDEXES 0xFFFFFFFFu
typedef void(CALLBACK *PFLS_CALLBACK_FUNCTION)(PVOID _Nullable value);
/// The same with a callback, on the thread that ends or frees the index, for each value but NULL that is left.
/// FLS_OUT_OF_INDEXES and ERROR_NOT_ENOUGH_MEMORY when all 128 are in use. End it with `FlsFree`.
DWORD FlsAlloc(PFLS_CALLBACK_FUNCTION _Nullable callback);
/// As the functions for Tls...
PVOID _Nullable FlsGetValue(DWORD index);
BOOL FlsSetValue(DWORD index, PVOID _Nullable value);
BOOL FlsFree(DWORD index);

LW_CALLERS_STAY_END
#pragma clang assume_nonnull end
