// Calls about semaphores, mutexes, duplicated handles, and what is queued to threads.
#include "fuzz.h"

static const char *object_name(void) {
  static const char *const names[] = {"fuzz", "Local\\fuzz", "Global\\fuzz", "a\\b", ""};
  return fuzz_chance(4) ? names[fuzz_below(5)] : NULL;
}
static const WCHAR *wide_name(void) { return fuzz_chance(4) ? L"Local\\fuzz" : NULL; }

// ------------------------------------------------------------------------------------------ semaphores and mutexes

static void create_semaphore(void) {
  LONG initial = (LONG)fuzz_number(), most = (LONG)fuzz_number();
  fuzz_keep(CreateSemaphoreA(NULL, initial, most, object_name()), FUZZ_SEMAPHORE);
}
static void create_semaphore_w(void) {
  LONG initial = (LONG)fuzz_below(4);
  DWORD access = fuzz_chance(2) ? SEMAPHORE_ALL_ACCESS : fuzz_number();
  if (fuzz_chance(2))
    fuzz_keep(CreateSemaphoreW(NULL, initial, 5, wide_name()), FUZZ_SEMAPHORE);
  else
    fuzz_keep(CreateSemaphoreExW(NULL, initial, 5, wide_name(), 0, access), FUZZ_SEMAPHORE);
}
static void open_semaphore(void) {
  DWORD access = fuzz_number();
  fuzz_keep(OpenSemaphoreA(access, fuzz_chance(2), object_name()), FUZZ_SEMAPHORE);
}
static void release_semaphore(void) {
  HANDLE semaphore = fuzz_handle(FUZZ_SEMAPHORE);
  LONG count = (LONG)fuzz_number();
  ReleaseSemaphore(semaphore, count, fuzz_memory(4));
}
static void create_mutex(void) {
  BOOL owned = fuzz_chance(2);
  fuzz_keep(CreateMutexA(NULL, owned, object_name()), FUZZ_MUTEX);
}
static void create_mutex_ex(void) {
  DWORD flags = fuzz_below(4), access = fuzz_number();
  fuzz_keep(CreateMutexExW(NULL, wide_name(), flags, access), FUZZ_MUTEX);
}
static void open_mutex(void) {
  DWORD access = fuzz_number();
  fuzz_keep(OpenMutexA(access, fuzz_chance(2), object_name()), FUZZ_MUTEX);
}
static void release_mutex(void) { ReleaseMutex(fuzz_handle(FUZZ_MUTEX)); }
static void create_event_ex(void) {
  DWORD flags = fuzz_number(), access = fuzz_number();
  fuzz_keep(CreateEventExA(NULL, object_name(), flags, access), FUZZ_EVENT);
}
static void pulse_event(void) { PulseEvent(fuzz_handle(FUZZ_EVENT)); }

// ----------------------------------------------------------------------------------------------------------- handles

static void duplicate(void) {
  DWORD kind = fuzz_below(FUZZ_KINDS), access = fuzz_number(), options = fuzz_chance(4) ? fuzz_number() : 2;
  HANDLE source = fuzz_victim((fuzz_kind)kind), copy = NULL, process = fuzz_chance(8) ? NULL : GetCurrentProcess();
  if (DuplicateHandle(GetCurrentProcess(), source, process, fuzz_chance(8) ? NULL : &copy, access, fuzz_chance(2),
                      options)) {
    // The end of the input waits for threads: this may be something else, or one that makes calls.
    DWORD thread = kind == FUZZ_THREAD ? GetThreadId(copy) : 0;
    BOOL is_awaited = kind != FUZZ_THREAD || (thread && !fuzz_makes_calls(thread));
    fuzz_keep(copy, is_awaited ? (fuzz_kind)kind : FUZZ_EVENT);
  }
}
static void handle_information(void) {
  HANDLE handle = fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS));
  DWORD mask = fuzz_number() & ~(DWORD)HANDLE_FLAG_PROTECT_FROM_CLOSE;
  SetHandleInformation(handle, mask, fuzz_number());
  GetHandleInformation(handle, fuzz_memory(4));
}
static void compare_handles(void) {
  HANDLE first = fuzz_handle(FUZZ_EVENT);
  CompareObjectHandles(first, fuzz_handle(FUZZ_EVENT));
}

// ------------------------------------------------------------------------------------------------ waits and threads

static void CALLBACK queued(ULONG_PTR context) { SetEvent((HANDLE)context); }

static void queue_apc(void) {
  HANDLE thread = fuzz_handle(FUZZ_THREAD);
  QueueUserAPC(fuzz_chance(16) ? NULL : queued, fuzz_chance(4) ? GetCurrentThread() : thread, fuzz_byte());
}
static void sleep_ex(void) {
  BOOL alertable = fuzz_chance(2);
  SleepEx(fuzz_ms(), alertable);
}
static void wait_one_ex(void) {
  HANDLE object = fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS));
  BOOL alertable = fuzz_chance(2);
  WaitForSingleObjectEx(object, fuzz_ms(), alertable);
}
static void wait_many_ex(void) {
  HANDLE set[4];
  for (int i = 0; i < 4; i++) set[i] = fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS));
  DWORD count = fuzz_below(5);
  BOOL all = fuzz_chance(2), alertable = fuzz_chance(2);
  WaitForMultipleObjectsEx(count, set, all, fuzz_ms(), alertable);
}
static void signal_and_wait(void) {
  HANDLE signalled = fuzz_handle((fuzz_kind)fuzz_below(FUZZ_KINDS)), waited = fuzz_handle(FUZZ_EVENT);
  BOOL alertable = fuzz_chance(2);
  SignalObjectAndWait(signalled, waited, fuzz_ms(), alertable);
}
/// Stops a thread of the input's and lets it go on; never one that makes calls.
static void suspend(void) {
  HANDLE thread = fuzz_victim(FUZZ_THREAD), own = NULL;
  if (!DuplicateHandle(GetCurrentProcess(), thread, GetCurrentProcess(), &own, 0, FALSE, DUPLICATE_SAME_ACCESS)) return;
  DWORD id = GetThreadId(own);
  if (id && !fuzz_makes_calls(id)) {
    if (SuspendThread(own) != (DWORD)-1) ResumeThread(own);
  }
  CloseHandle(own);
}
static DWORD WINAPI idle(void *context) { return (DWORD)(ULONG_PTR)context; }

/// Ends one that has not begun, for which no callback is expected.
static void end_thread(void) {
  HANDLE thread = CreateThread(NULL, 0, idle, NULL, CREATE_SUSPENDED, NULL);
  if (!thread) return;
  if (!fuzz_chance(4)) TerminateThread(thread, fuzz_number());
  ResumeThread(thread);
  fuzz_keep(thread, FUZZ_THREAD);
}
static void open_thread(void) {
  DWORD access = fuzz_number(), id = fuzz_chance(2) ? GetCurrentThreadId() : fuzz_number();
  // Not kept as a thread: the end of the input waits for those.
  fuzz_keep(OpenThread(access, fuzz_chance(2), id), FUZZ_EVENT);
}
static void open_process(void) {
  DWORD access = fuzz_number() & ~(DWORD)PROCESS_TERMINATE;
  fuzz_keep(
      OpenProcess(access & ~(DWORD)MAXIMUM_ALLOWED, FALSE, fuzz_chance(2) ? GetCurrentProcessId() : fuzz_number()),
      FUZZ_EVENT);
}
static void priority(void) {
  HANDLE thread = fuzz_victim(FUZZ_THREAD);
  SetThreadPriority(thread, (int)fuzz_number());
  GetThreadPriority(thread);
  GetProcessIdOfThread(thread);
}

// ----------------------------------------------------------------------------------------------------------- storage

static void storage(void) {
  DWORD index = fuzz_chance(4) ? fuzz_number() : TlsAlloc();
  // Below are the keys of others, libFuzzer's and the sanitizer's among them.
  TlsSetValue(index, &index);
  TlsGetValue(index);
  TlsFree(index);
}

const fuzz_call fuzz_sync_calls[] = {
    {"CreateSemaphoreA", create_semaphore},
    {"CreateSemaphore(Ex)W", create_semaphore_w},
    {"OpenSemaphoreA", open_semaphore},
    {"ReleaseSemaphore", release_semaphore},
    {"CreateMutexA", create_mutex},
    {"CreateMutexExW", create_mutex_ex},
    {"OpenMutexA", open_mutex},
    {"ReleaseMutex", release_mutex},
    {"CreateEventExA", create_event_ex},
    {"PulseEvent", pulse_event},
    {"DuplicateHandle", duplicate},
    {"Set/GetHandleInformation", handle_information},
    {"CompareObjectHandles", compare_handles},
    {"QueueUserAPC", queue_apc},
    {"SleepEx", sleep_ex},
    {"WaitForSingleObjectEx", wait_one_ex},
    {"WaitForMultipleObjectsEx", wait_many_ex},
    {"SignalObjectAndWait", signal_and_wait},
    {"Suspend/ResumeThread", suspend},
    {"TerminateThread", end_thread},
    {"OpenThread", open_thread},
    {"OpenProcess", open_process},
    {"Set/GetThreadPriority", priority},
    {"Tls...", storage},
    {NULL, NULL},
};
