// Every kind of wait for an event or a semaphore that another process signals: beside objects of the own process, for
// all of them, alertable, registered, begun before any child was there; and pulses.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];

static HANDLE start(const char *part, HANDLE inherited) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s %llu", self, part, (unsigned long long)(ULONG_PTR)inherited);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information)) {
    printf("CreateProcess: error %lu\n", GetLastError());
    exit(1);
  }
  CloseHandle(information.hThread);
  return information.hProcess;
}

static DWORD ended(HANDLE process) {
  DWORD code = 0;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  CloseHandle(process);
  return code;
}

// ----------------------------------------------------------------------------------------------------------- children

/// Sets the event each time it is told to, until it is told that this is all.
static int setter(HANDLE event) {
  HANDLE go = OpenSemaphoreA(SYNCHRONIZE, FALSE, "lw-waits-go"), stop = OpenEventA(SYNCHRONIZE, FALSE, "lw-waits-stop");
  HANDLE both[2] = {stop, go};
  int sets = 0;
  for (; WaitForMultipleObjects(2, both, FALSE, INFINITE) == WAIT_OBJECT_0 + 1; sets++) SetEvent(event);
  return sets;
}

static int pulser(HANDLE event) {
  PulseEvent(event);
  return 0;
}

static HANDLE timer_ready, timer_event;
static void CALLBACK on_event(PVOID count, BOOLEAN timed_out) {
  *(LONG *)count += timed_out ? 100 : 1;
  SetEvent(timer_ready);
}

/// Has a registered wait in the child fire once for each time that the parent sets the event.
static int registered(HANDLE event) {
  HANDLE wait = NULL, again = OpenEventA(EVENT_MODIFY_STATE, FALSE, "lw-waits-again");
  LONG count = 0;
  timer_ready = CreateEventA(NULL, FALSE, FALSE, NULL);
  RegisterWaitForSingleObject(&wait, event, on_event, &count, INFINITE, WT_EXECUTEDEFAULT);
  for (int i = 0; i < 5; i++) {
    SetEvent(again);
    WaitForSingleObject(timer_ready, INFINITE);
  }
  UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  SetEvent(again);
  return (int)count;
}

// ------------------------------------------------------------------------------------------------------------- parent

static HANDLE go, stop, event;

static DWORD WINAPI wait_before(LPVOID handles) {
  const HANDLE *both = handles;
  SetEvent(both[1]);
  return WaitForSingleObject(both[0], INFINITE) + 30;
}

static void CALLBACK called(ULONG_PTR count) { ++*(int *)count; }

static HANDLE own;
static DWORD WINAPI set_own(LPVOID unused) {
  (void)unused;
  SetEvent(own);
  return 0;
}

static void mixed(void) {
  HANDLE all[3] = {own, event, go};
  own = all[0] = CreateEventA(NULL, FALSE, FALSE, NULL);
  printf("any: none %lu\n", WaitForMultipleObjects(2, all, FALSE, 0));
  SetEvent(own);
  printf("any: own %lu\n", WaitForMultipleObjects(2, all, FALSE, INFINITE));
  ReleaseSemaphore(go, 1, NULL);
  printf("any: the child's %lu\n", WaitForMultipleObjects(2, all, FALSE, INFINITE));
  ReleaseSemaphore(go, 1, NULL);
  HANDLE thread = CreateThread(NULL, 0, set_own, NULL, 0, NULL);
  printf("all: %lu\n", WaitForMultipleObjects(2, all, TRUE, INFINITE));
  printf("all: consumed %lu %lu\n", WaitForSingleObject(own, 0), WaitForSingleObject(event, 0));
  ReleaseSemaphore(go, 1, NULL);
  printf("all: too few %lu", WaitForMultipleObjects(2, all, TRUE, 30));
  printf(", nothing consumed %lu\n", WaitForSingleObject(event, INFINITE));
  SetEvent(own);
  ReleaseSemaphore(go, 1, NULL);
  printf("all: own first %lu\n", WaitForMultipleObjects(2, all, TRUE, INFINITE));
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(own);
}

static void alerted(void) {
  int calls = 0;
  QueueUserAPC(called, GetCurrentThread(), (ULONG_PTR)&calls);
  printf("alertable: %lu", WaitForSingleObjectEx(event, INFINITE, TRUE));
  printf(", calls %d\n", calls);
  ReleaseSemaphore(go, 1, NULL);
  printf("alertable: %lu\n", WaitForSingleObjectEx(event, INFINITE, TRUE));
  QueueUserAPC(called, GetCurrentThread(), (ULONG_PTR)&calls);
  HANDLE given = CreateEventA(NULL, TRUE, FALSE, NULL);
  printf("signal and wait: %lu", SignalObjectAndWait(given, event, INFINITE, TRUE));
  printf(", calls %d, given %lu\n", calls, WaitForSingleObject(given, 0));
  CloseHandle(given);
}

static void registered_here(void) {
  HANDLE wait = NULL;
  LONG count = 0;
  timer_ready = CreateEventA(NULL, FALSE, FALSE, NULL);
  RegisterWaitForSingleObject(&wait, event, on_event, &count, INFINITE, WT_EXECUTEONLYONCE);
  ReleaseSemaphore(go, 1, NULL);
  WaitForSingleObject(timer_ready, INFINITE);
  printf("registered: unregister %d, calls %ld\n", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE), count);
  RegisterWaitForSingleObject(&wait, event, on_event, &count, 20, WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE);
  WaitForSingleObject(timer_ready, INFINITE);
  printf("registered: timed out, unregister %d, calls %ld\n", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE), count);
  RegisterWaitForSingleObject(&wait, event, on_event, &count, INFINITE, WT_EXECUTEDEFAULT);
  BOOL done = UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  ReleaseSemaphore(go, 1, NULL);
  printf("registered: unregistered first %d, the signal stays %lu", done, WaitForSingleObject(event, INFINITE));
  printf(", calls %ld\n", count);
  CloseHandle(timer_ready);
}

static void registered_there(void) {
  HANDLE again = CreateEventA(NULL, FALSE, FALSE, "lw-waits-again"), child = start("registered", event);
  for (int i = 0; i < 5; i++) {
    WaitForSingleObject(again, INFINITE);
    SetEvent(event);
  }
  WaitForSingleObject(again, INFINITE);
  printf("registered in the child: calls %lu", ended(child));
  printf(", nothing left %lu\n", WaitForSingleObject(event, 0));
  CloseHandle(again);
}

static DWORD WINAPI wait_for_pulse(LPVOID handle) { return WaitForSingleObject((HANDLE)handle, INFINITE) + 40; }

static void pulses(void) {
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE pulsed = CreateEventA(&inheritable, TRUE, FALSE, NULL), threads[3];
  for (int i = 0; i < 3; i++) threads[i] = CreateThread(NULL, 0, wait_for_pulse, pulsed, 0, NULL);
  // A thread that was not there yet waits for the next one.
  DWORD left;
  do {
    ended(start("pulse", pulsed));
    left = WaitForMultipleObjects(3, threads, TRUE, 20);
  } while (left == WAIT_TIMEOUT);
  printf("pulsed: %lu, event %lu\n", left, WaitForSingleObject(pulsed, 0));
  for (int i = 0; i < 3; i++) CloseHandle(threads[i]);
  CloseHandle(pulsed);
}

int main(int count, char **arguments) {
  if (count > 2) {
    HANDLE inherited = (HANDLE)(ULONG_PTR)strtoull(arguments[2], NULL, 10);
    if (!strcmp(arguments[1], "set")) return setter(inherited);
    if (!strcmp(arguments[1], "registered")) return registered(inherited);
    return pulser(inherited);
  }
  GetModuleFileNameA(NULL, self, sizeof self);
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  event = CreateEventA(&inheritable, FALSE, FALSE, NULL);
  go = CreateSemaphoreA(NULL, 0, 10, "lw-waits-go");
  stop = CreateEventA(NULL, TRUE, FALSE, "lw-waits-stop");
  // A thread that waits since before the event was anybody else's.
  HANDLE handles[2] = {event, CreateEventA(NULL, FALSE, FALSE, NULL)};
  HANDLE thread = CreateThread(NULL, 0, wait_before, handles, 0, NULL);
  WaitForSingleObject(handles[1], INFINITE);
  Sleep(20);
  HANDLE child = start("set", event);
  ReleaseSemaphore(go, 1, NULL);
  DWORD code = 0;
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("before: %lu, nothing left %lu\n", code, WaitForSingleObject(event, 0));
  mixed();
  alerted();
  registered_here();
  SetEvent(stop);
  printf("sets %lu\n", ended(child));
  registered_there();
  pulses();
  return 0;
}
