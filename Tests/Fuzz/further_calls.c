// Calls about locks of files, file information, slim locks and conditions, fiber storage, pages and private heaps,
// threads that are stopped while they run, times, and functions by their names.
#include <mswsock.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

// ------------------------------------------------------------------------------------------------------------- files

static void lock_file(void) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  DWORD from = fuzz_number(), bytes = fuzz_number();
  if (fuzz_chance(2))
    LockFile(file, from, 0, bytes, fuzz_chance(8) ? fuzz_number() : 0);
  else
    UnlockFile(file, from, 0, bytes, fuzz_chance(8) ? fuzz_number() : 0);
}
static void lock_file_ex(void) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  DWORD bytes = fuzz_number();
  // One that waits might wait for itself.
  if (fuzz_chance(2))
    LockFileEx(file, LOCKFILE_FAIL_IMMEDIATELY | (fuzz_below(2) * LOCKFILE_EXCLUSIVE_LOCK), fuzz_chance(16), bytes, 0,
               fuzz_overlapped());
  else
    UnlockFileEx(file, fuzz_chance(16), bytes, 0, fuzz_overlapped());
}
static void set_information(void) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  DWORD what = fuzz_below(12), bytes = fuzz_size();
  char *memory = fuzz_memory(bytes);
  if (memory && bytes >= sizeof(FILE_RENAME_INFO)) {
    memset(memory, 0, bytes);
    ((FILE_RENAME_INFO *)memory)->FileNameLength = fuzz_chance(4) ? fuzz_number() : 2;
    ((FILE_RENAME_INFO *)memory)->FileName[0] = (WCHAR)('f' + fuzz_below(2));
  }
  // A size that a disk has.
  if (memory && bytes >= 8 && (what == FileEndOfFileInfo || what == FileAllocationInfo))
    ((LARGE_INTEGER *)memory)->QuadPart = (LONGLONG)(INT)fuzz_number();
  SetFileInformationByHandle(file, (FILE_INFO_BY_HANDLE_CLASS)what, memory, bytes);
}
static void get_information(void) {
  HANDLE file = fuzz_handle(FUZZ_FILE);
  DWORD what = fuzz_below(12), bytes = fuzz_size();
  GetFileInformationByHandleEx(file, (FILE_INFO_BY_HANDLE_CLASS)what, fuzz_memory(bytes), bytes);
}
static void transmit_file(void) {
  SOCKET socket = (SOCKET)fuzz_handle(FUZZ_SOCKET);
  HANDLE file = fuzz_chance(4) ? NULL : fuzz_handle(FUZZ_FILE);
  DWORD bytes = fuzz_chance(4) ? fuzz_number() : fuzz_size();
  // Without an OVERLAPPED it might wait for ever.
  TransmitFile(socket, file, bytes, fuzz_number(), fuzz_overlapped_there(), NULL, fuzz_chance(8) ? fuzz_number() : 0);
}
static void CALLBACK completed(DWORD error, DWORD bytes, OVERLAPPED *overlapped) {
  SetLastError(error + bytes + !overlapped);
}
static void bind_callback(void) {
  HANDLE file = fuzz_handle(fuzz_chance(2) ? FUZZ_FILE : FUZZ_PIPE);
  BindIoCompletionCallback(file, fuzz_chance(16) ? NULL : completed, fuzz_number());
}

// ------------------------------------------------------------------------------------------- slim locks and conditions

static SRWLOCK slim = SRWLOCK_INIT;
static CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;

static void slim_lock(void) {
  BOOL shared = fuzz_chance(2), waits = fuzz_chance(2);
  if (shared ? !TryAcquireSRWLockShared(&slim) : !TryAcquireSRWLockExclusive(&slim)) return;
  if (waits) SleepConditionVariableSRW(&condition, &slim, fuzz_ms(), shared ? CONDITION_VARIABLE_LOCKMODE_SHARED : 0);
  if (shared)
    ReleaseSRWLockShared(&slim);
  else
    ReleaseSRWLockExclusive(&slim);
}
static void wake_condition(void) {
  if (fuzz_chance(2))
    WakeConditionVariable(&condition);
  else
    WakeAllConditionVariable(&condition);
}

// ----------------------------------------------------------------------------------------------- storage, pages, heaps

static void CALLBACK forgotten(void *value) { SetLastError((DWORD)(ULONG_PTR)value); }

static void fiber_storage(void) {
  DWORD index = fuzz_chance(4) ? fuzz_number() : FlsAlloc(fuzz_chance(2) ? forgotten : NULL);
  FlsSetValue(index, (void *)(ULONG_PTR)fuzz_byte());
  FlsGetValue(index);
  FlsFree(index);
}
static void pages(void) {
  SIZE_T bytes = fuzz_chance(16) ? (SIZE_T)fuzz_number() << fuzz_below(32) : (SIZE_T)fuzz_byte() * 1000;
  DWORD kind = fuzz_chance(4) ? fuzz_number() : MEM_RESERVE | MEM_COMMIT, old;
  char *address = VirtualAlloc(fuzz_chance(16) ? (void *)(ULONG_PTR)fuzz_number() : NULL, bytes, kind,
                               fuzz_chance(8) ? fuzz_number() : PAGE_READWRITE);
  if (!address) return;
  VirtualProtect(address, bytes, fuzz_chance(4) ? fuzz_number() : PAGE_READONLY, fuzz_chance(16) ? NULL : &old);
  DWORD room = fuzz_chance(4) ? fuzz_size() : (DWORD)sizeof(MEMORY_BASIC_INFORMATION);
  VirtualQuery(address + fuzz_number(), fuzz_memory(room), room);
  VirtualFree(address + fuzz_below(2) * 4096, fuzz_number(), fuzz_chance(2) ? MEM_DECOMMIT : fuzz_number());
  VirtualFree(address, 0, MEM_RELEASE);
}
static void private_heap(void) {
  HANDLE heap = HeapCreate(fuzz_number() & 7, fuzz_size(), fuzz_chance(4) ? fuzz_number() : 0);
  if (!heap) return;
  void *block = HeapAlloc(heap, HEAP_ZERO_MEMORY, fuzz_size());
  if (fuzz_chance(2)) HeapFree(heap, 0, block);
  HeapDestroy(heap);
}

// ------------------------------------------------------------------------------------------------- threads, processes

static volatile LONG turns;

static DWORD WINAPI turn(void *context) {
  HANDLE event = context;
  for (;;) {
    InterlockedIncrement(&turns);
    if (WaitForSingleObject(event, 0) == WAIT_OBJECT_0) return 1;
  }
}
static DWORD WINAPI sleep_on(void *context) { return WaitForSingleObject(context, INFINITE); }

/// A thread that runs, or sleeps, is held, let go, and ended by force or by its event.
static void stop_thread(void) {
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE thread = event ? CreateThread(NULL, 0, fuzz_chance(2) ? turn : sleep_on, event, 0, NULL) : NULL;
  for (DWORD i = fuzz_below(4); thread && i > 0; i--) SuspendThread(thread);
  for (DWORD i = fuzz_below(4); thread && i > 0; i--) ResumeThread(thread);
  if (thread && fuzz_chance(2)) TerminateThread(thread, fuzz_number());
  SetEvent(event);
  while (thread && ResumeThread(thread) + 1 > 1) continue;
  if (thread) WaitForSingleObject(thread, INFINITE);
  if (thread) CloseHandle(thread);
  if (event) CloseHandle(event);
}
static void run_times(void) {
  FILETIME *began = fuzz_memory(sizeof *began), *ended = fuzz_memory(sizeof *ended);
  FILETIME *kernel = fuzz_memory(sizeof *kernel), *user = fuzz_memory(sizeof *user);
  GetProcessTimes(fuzz_handle(FUZZ_PROCESS), began, ended, kernel, user);
  GetThreadTimes(fuzz_handle(FUZZ_THREAD), began, ended, kernel, user);
}
static void create_process_w(void) {
  if (!fuzz_chance(64)) return; // as for CreateProcessA
  static STARTUPINFOW startup = {.cb = sizeof startup};
  static WCHAR line[] = L"/bin/true a b";
  PROCESS_INFORMATION information;
  if (!CreateProcessW(fuzz_chance(2) ? L"/bin/true" : NULL, line, NULL, NULL, fuzz_chance(2), 0, NULL,
                      fuzz_chance(4) ? L"/" : NULL, fuzz_chance(16) ? NULL : &startup, &information))
    return;
  fuzz_keep(information.hProcess, FUZZ_PROCESS);
  fuzz_keep(information.hThread, FUZZ_PROCESS);
}
static void procedure(void) {
  static const char *const names[] = {"CreateEventA", "socket", "none", "", "WSASend"};
  HMODULE module = fuzz_chance(4) ? fuzz_handle(FUZZ_EVENT) : GetModuleHandleA(fuzz_chance(2) ? "kernel32" : "ws2_32");
  GetProcAddress(module, fuzz_chance(8) ? (const char *)(ULONG_PTR)fuzz_byte() : names[fuzz_below(5)]);
}

const fuzz_call fuzz_further_calls[] = {
    {"LockFile", lock_file},
    {"LockFileEx", lock_file_ex},
    {"SetFileInformationByHandle", set_information},
    {"GetFileInformationByHandleEx", get_information},
    {"TransmitFile", transmit_file},
    {"BindIoCompletionCallback", bind_callback},
    {"...SRWLock...", slim_lock},
    {"Wake(All)ConditionVariable", wake_condition},
    {"Fls...", fiber_storage},
    {"Virtual...", pages},
    {"HeapCreate", private_heap},
    {"Suspend/TerminateThread", stop_thread},
    {"GetProcess/ThreadTimes", run_times},
    {"CreateProcessW", create_process_w},
    {"GetProcAddress", procedure},
    {NULL, NULL},
};
