// The functions that GetProcAddress finds, by the library that they are in on Windows. A program that does not call it
// does not link this table, and with it all of the layer.
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lw_mswsock.h"
#include "lw_winsock_names.h"
#include "modules.h"
#include "windows.h"
#include "winternl.h"

typedef struct procedure {
  const char *name;
  FARPROC address;
} procedure;

// Lists, which would get a line a name.
// clang-format off
#define KERNEL(X) \
  X(AcquireSRWLockExclusive) X(AcquireSRWLockShared) X(BindIoCompletionCallback) X(CallNamedPipeA) \
  X(CallNamedPipeW) X(CancelIo) X(CancelIoEx) X(CancelSynchronousIo) X(CompareFileTime) X(CompareObjectHandles) \
  X(ConnectNamedPipe) X(CopyFileA) X(CopyFileW) X(CreateDirectoryA) X(CreateDirectoryW) X(CreateEventA) \
  X(CreateEventExA) X(CreateEventExW) X(CreateEventW) X(CreateFileMappingA) X(CreateFileMappingW) X(CreateFileW) \
  X(CreateIoCompletionPort) X(CreateMutexA) X(CreateMutexExA) X(CreateMutexExW) X(CreateMutexW) X(CreateNamedPipeA) \
  X(CreateNamedPipeW) X(CreatePipe) X(CreateProcessA) X(CreateProcessW) X(CreateSemaphoreExA) X(CreateSemaphoreExW) \
  X(CreateSemaphoreW) X(CreateThread) X(DebugBreak) X(DeleteCriticalSection) X(DeleteFileA) X(DeleteFileW) \
  X(DisconnectNamedPipe) X(EnterCriticalSection) X(ExitProcess) X(ExitThread) X(ExpandEnvironmentStringsA) \
  X(ExpandEnvironmentStringsW) X(FileTimeToLocalFileTime) X(FileTimeToSystemTime) X(FindClose) X(FindFirstFileA) \
  X(FindFirstFileW) X(FindNextFileA) X(FindNextFileW) X(FlsAlloc) X(FlsGetValue) X(FlsSetValue) X(FlushFileBuffers) \
  X(FlushViewOfFile) X(FormatMessageA) X(FormatMessageW) X(FreeEnvironmentStringsA) X(FreeEnvironmentStringsW) \
  X(FreeLibrary) X(GetCommandLineA) X(GetComputerNameA) X(GetComputerNameW) X(GetCurrentDirectoryA) \
  X(GetCurrentDirectoryW) X(GetCurrentProcess) X(GetCurrentProcessId) X(GetCurrentThread) X(GetCurrentThreadId) \
  X(GetEnvironmentStringsA) X(GetEnvironmentStringsW) X(GetEnvironmentVariableW) X(GetErrorMode) \
  X(GetExitCodeProcess) X(GetExitCodeThread) X(GetFileAttributesA) X(GetFileAttributesExA) X(GetFileAttributesExW) \
  X(GetFileAttributesW) X(GetFileInformationByHandleEx) X(GetFileSize) X(GetFileSizeEx) X(GetFileTime) \
  X(GetFileType) X(GetFullPathNameA) X(GetFullPathNameW) X(GetHandleInformation) X(GetLastError) \
  X(GetModuleFileNameA) X(GetModuleFileNameW) X(GetModuleHandleA) X(GetModuleHandleW) \
  X(GetNamedPipeClientProcessId) X(GetNamedPipeHandleStateA) X(GetNamedPipeInfo) X(GetNamedPipeServerProcessId) \
  X(GetNativeSystemInfo) X(GetOverlappedResult) X(GetOverlappedResultEx) X(GetProcAddress) X(GetProcessId) \
  X(GetProcessIdOfThread) X(GetProcessTimes) X(GetQueuedCompletionStatus) X(GetQueuedCompletionStatusEx) \
  X(GetStartupInfoA) X(GetStartupInfoW) X(GetStdHandle) X(GetSystemTime) X(GetSystemTimeAsFileTime) \
  X(GetSystemTimePreciseAsFileTime) X(GetTempFileNameA) X(GetTempFileNameW) X(GetTempPathA) X(GetThreadId) \
  X(GetThreadPriority) X(GetThreadTimes) X(GetTickCount) X(GetTickCount64) X(GlobalAlloc) X(GlobalFree) \
  X(GlobalLock) X(GlobalSize) X(GlobalUnlock) X(HeapAlloc) X(HeapCreate) X(HeapFree) X(HeapReAlloc) X(HeapSize) \
  X(InitOnceBeginInitialize) X(InitOnceComplete) X(InitOnceExecuteOnce) X(InitializeConditionVariable) \
  X(InitializeCriticalSection) X(InitializeCriticalSectionAndSpinCount) X(InitializeSListHead) X(InitializeSRWLock) \
  X(InterlockedFlushSList) X(InterlockedPopEntrySList) X(InterlockedPushEntrySList) X(IsDebuggerPresent) \
  X(LeaveCriticalSection) X(LoadLibraryA) X(LoadLibraryW) X(LocalFileTimeToFileTime) X(LocalFree) X(LocalLock) \
  X(LocalSize) X(LocalUnlock) X(LockFile) X(LockFileEx) X(MapViewOfFile) X(MapViewOfFileEx) X(MoveFileA) \
  X(MoveFileExW) X(MoveFileW) X(MulDiv) X(MultiByteToWideChar) X(OpenEventA) X(OpenFileMappingA) \
  X(OpenFileMappingW) X(OpenMutexA) X(OpenMutexW) X(OpenProcess) X(OpenSemaphoreA) X(OpenThread) \
  X(OutputDebugStringA) X(OutputDebugStringW) X(PeekNamedPipe) X(PulseEvent) X(QueryDepthSList) \
  X(QueryPerformanceCounter) X(QueueUserAPC) X(QueueUserWorkItem) X(ReadFileEx) X(RegisterWaitForSingleObject) \
  X(ReleaseSRWLockExclusive) X(ReleaseSRWLockShared) X(ReleaseSemaphore) X(RemoveDirectoryA) X(RemoveDirectoryW) \
  X(ResumeThread) X(RtlNtStatusToDosError) X(SetCurrentDirectoryA) X(SetCurrentDirectoryW) X(SetEndOfFile) \
  X(SetEnvironmentVariableA) X(SetEnvironmentVariableW) X(SetErrorMode) X(SetEvent) X(SetFileAttributesA) \
  X(SetFileAttributesW) X(SetFileCompletionNotificationModes) X(SetFileInformationByHandle) X(SetFilePointer) \
  X(SetFilePointerEx) X(SetFileTime) X(SetHandleInformation) X(SetLastError) X(SetNamedPipeHandleState) \
  X(SetStdHandle) X(SetThreadPriority) X(SignalObjectAndWait) X(Sleep) X(SleepConditionVariableCS) \
  X(SleepConditionVariableSRW) X(SleepEx) X(SuspendThread) X(SwitchToThread) X(SystemTimeToFileTime) \
  X(TerminateProcess) X(TerminateThread) X(TlsAlloc) X(TlsFree) X(TlsGetValue) X(TlsSetValue) \
  X(TryAcquireSRWLockExclusive) X(TryAcquireSRWLockShared) X(UnlockFile) X(UnmapViewOfFile) X(UnregisterWait) \
  X(UnregisterWaitEx) X(VirtualAlloc) X(VirtualFree) X(VirtualProtect) X(WaitForMultipleObjects) \
  X(WaitForMultipleObjectsEx) X(WaitForSingleObject) X(WaitForSingleObjectEx) X(WaitNamedPipeA) X(WaitNamedPipeW) \
  X(WaitOnAddress) X(WakeAllConditionVariable) X(WakeByAddressAll) X(WakeByAddressSingle) X(WideCharToMultiByte) \
  X(WriteFile) X(lstrcatA) X(lstrcatW) X(lstrcmpW) X(lstrcmpiA) X(lstrcmpiW) X(lstrcpyW) X(lstrcpynA) X(lstrlenA) \
  X(lstrlenW)
/// Winsock's older names are the host's here, so the functions behind them go by others.
#define SOCKETS(X) \
  X(AcceptEx) X(FreeAddrInfoW) X(GetAcceptExSockaddrs) X(GetAddrInfoW) X(GetNameInfoW) X(InetNtopW) X(InetPtonW) \
  X(TransmitFile) X(WSAAccept) X(WSAAddressToStringA) X(WSAAddressToStringW) X(WSADuplicateSocketA) \
  X(WSADuplicateSocketW) X(WSACleanup) X(WSACloseEvent) X(WSAConnect) X(WSACreateEvent) X(WSAEnumNetworkEvents) \
  X(WSAEventSelect) X(WSAGetLastError) X(WSAGetOverlappedResult) X(WSAIoctl) X(WSAPoll) X(WSARecv) \
  X(WSARecvDisconnect) X(WSARecvFrom) X(WSAResetEvent) X(WSASend) X(WSASendDisconnect) X(WSASendMsg) X(WSASendTo) \
  X(WSASetEvent) X(WSASetLastError) X(WSASocketA) X(WSASocketW) X(WSAStartup) X(WSAStringToAddressA) \
  X(WSAStringToAddressW) X(WSAWaitForMultipleEvents)
#define OLDER_SOCKETS(X) \
  X(accept) X(bind) X(closesocket) X(connect) X(freeaddrinfo) X(getaddrinfo) X(gethostbyname) X(gethostname) \
  X(getnameinfo) X(getpeername) X(getsockname) X(getsockopt) X(inet_addr) X(inet_ntoa) X(inet_ntop) X(inet_pton) \
  X(ioctlsocket) X(listen) X(recv) X(recvfrom) X(select) X(send) X(sendto) X(setsockopt) X(shutdown)
// clang-format on

#define NAMED(function) {#function, (FARPROC)(uintptr_t)function},
#define OWN(function) {#function, (FARPROC)(uintptr_t)lw_##function},

static const procedure kernel[] = {KERNEL(NAMED)};
static const procedure sockets[] = {SOCKETS(NAMED) OLDER_SOCKETS(OWN){"socket", (FARPROC)(uintptr_t)lw_open_socket}};

static FARPROC _Nullable find(const procedure *table, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(table[i].name, name) == 0) return table[i].address;
  return NULL;
}

FARPROC GetProcAddress(HMODULE module, LPCSTR name) {
  lw_library library = lw_library_of_(module);
  FARPROC found = NULL;
  bool is_ordinal = (uintptr_t)name >> 16 == 0; // there are no numbers here
  if (!is_ordinal && library == LW_LIBRARY_KERNEL) found = find(kernel, sizeof kernel / sizeof *kernel, name);
  if (!is_ordinal && library == LW_LIBRARY_SOCKETS) found = find(sockets, sizeof sockets / sizeof *sockets, name);
  if (!found) SetLastError(library == LW_LIBRARY_NONE ? ERROR_MOD_NOT_FOUND : ERROR_PROC_NOT_FOUND);
  return found;
}
