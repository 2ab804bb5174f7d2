// Mutexes whose owner ends: a thread of a child, a child that exits, and one that is terminated, while others wait.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];

static HANDLE start(const char *part) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s", self, part);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) {
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

static HANDLE mutex_a, mutex_b, ready, go;

static void open_all(void) {
  mutex_a = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "lw-abandoned-a");
  mutex_b = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "lw-abandoned-b");
  ready = OpenEventA(EVENT_ALL_ACCESS, FALSE, "lw-abandoned-ready");
  go = OpenEventA(EVENT_ALL_ACCESS, FALSE, "lw-abandoned-go");
}

/// Takes both, waits until it may go on, and ends with them.
static int leave(void) {
  HANDLE both[2] = {mutex_a, mutex_b};
  DWORD result = WaitForMultipleObjects(2, both, TRUE, INFINITE);
  SetEvent(ready);
  WaitForSingleObject(go, INFINITE);
  return (int)result + 5;
}

static DWORD WINAPI take_and_end(LPVOID closes) {
  DWORD result = WaitForSingleObject(mutex_a, INFINITE);
  // On Windows the handle counts for nothing: what a thread owns, it owns.
  if (closes) CloseHandle(mutex_a);
  SetEvent(ready);
  WaitForSingleObject(go, INFINITE);
  return result;
}

/// A thread ends with the mutex; the process goes on until it is told.
static int leave_by_thread(LPVOID closes) {
  HANDLE thread = CreateThread(NULL, 0, take_and_end, closes, 0, NULL);
  HANDLE end = OpenEventA(SYNCHRONIZE, FALSE, "lw-abandoned-end");
  WaitForSingleObject(thread, INFINITE);
  WaitForSingleObject(end, INFINITE);
  return 0;
}

/// Waits for the mutex behind the parent's back, and says with which result.
static int wait_for_it(void) {
  SetEvent(ready);
  DWORD result = WaitForSingleObject(mutex_a, INFINITE);
  ReleaseMutex(mutex_a);
  return (int)result;
}

// ------------------------------------------------------------------------------------------------------------- parent

static void by_exit(void) {
  HANDLE both[2] = {mutex_a, mutex_b}, child = start("leave");
  WaitForSingleObject(ready, INFINITE);
  printf("owned: %lu %lu\n", WaitForSingleObject(mutex_a, 0), WaitForSingleObject(mutex_b, 0));
  SetEvent(go);
  printf("a: %lu\n", WaitForSingleObject(mutex_a, INFINITE));
  printf("child %lu\n", ended(child));
  printf("b: %lu\n", WaitForMultipleObjects(2, both, TRUE, 0));
  printf("a again: %lu\n", WaitForSingleObject(mutex_a, 0));
  for (int i = 0; i < 4; i++) printf("%d", ReleaseMutex(mutex_a));
  for (int i = 0; i < 2; i++) printf(" %d", ReleaseMutex(mutex_b));
  printf("\n");
}

static void by_termination(void) {
  HANDLE child = start("leave");
  HANDLE either[2] = {go, mutex_b};
  WaitForSingleObject(ready, INFINITE);
  printf("terminated: %d\n", TerminateProcess(child, 77));
  printf("either: %lu\n", WaitForMultipleObjects(2, either, FALSE, INFINITE));
  printf("child %lu\n", ended(child));
  printf("a: %lu\n", WaitForSingleObject(mutex_a, INFINITE));
  printf("releases %d %d\n", ReleaseMutex(mutex_a), ReleaseMutex(mutex_b));
}

static void by_thread(const char *part) {
  HANDLE child = start(part), end = CreateEventA(NULL, FALSE, FALSE, "lw-abandoned-end");
  WaitForSingleObject(ready, INFINITE);
  printf("%s: owned %lu\n", part, WaitForSingleObject(mutex_a, 0));
  SetEvent(go);
  printf("%s: %lu\n", part, WaitForSingleObject(mutex_a, INFINITE));
  printf("%s: the child lives: %lu\n", part, WaitForSingleObject(child, 0));
  SetEvent(end);
  printf("%s: child %lu, release %d\n", part, ended(child), ReleaseMutex(mutex_a));
  CloseHandle(end);
}

/// One child is ended while it has the mutex; another one gets it.
static void by_another(void) {
  HANDLE owner = start("leave");
  WaitForSingleObject(ready, INFINITE);
  HANDLE waiter = start("wait");
  WaitForSingleObject(ready, INFINITE);
  TerminateProcess(owner, 78);
  printf("waiter %lu\n", ended(waiter));
  printf("owner %lu\n", ended(owner));
  printf("a, b: %lu", WaitForSingleObject(mutex_a, 0));
  printf(" %lu\n", WaitForSingleObject(mutex_b, 0));
  ReleaseMutex(mutex_a);
  ReleaseMutex(mutex_b);
}

/// What a child waits for when it is ended is not taken by it.
static void waiter_ends(void) {
  WaitForSingleObject(mutex_a, INFINITE);
  HANDLE waiter = start("wait");
  WaitForSingleObject(ready, INFINITE);
  TerminateProcess(waiter, 79);
  printf("waiter %lu\n", ended(waiter));
  ReleaseMutex(mutex_a);
  printf("a: %lu\n", WaitForSingleObject(mutex_a, INFINITE));
  ReleaseMutex(mutex_a);
}

int main(int count, char **arguments) {
  const char *part = count > 1 ? arguments[1] : "";
  if (*part) open_all();
  if (!strcmp(part, "leave")) return leave();
  if (!strcmp(part, "thread")) return leave_by_thread(NULL);
  if (!strcmp(part, "closing")) return leave_by_thread(self);
  if (!strcmp(part, "wait")) return wait_for_it();
  GetModuleFileNameA(NULL, self, sizeof self);
  mutex_a = CreateMutexA(NULL, FALSE, "lw-abandoned-a");
  mutex_b = CreateMutexW(NULL, FALSE, L"Local\\lw-abandoned-b");
  ready = CreateEventA(NULL, FALSE, FALSE, "lw-abandoned-ready");
  go = CreateEventA(NULL, FALSE, FALSE, "lw-abandoned-go");
  by_exit();
  by_termination();
  by_thread("thread");
  by_thread("closing");
  by_another();
  waiter_ends();
  return 0;
}
