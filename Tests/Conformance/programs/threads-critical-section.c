// Critical sections: recursion, trying from another thread, mutual exclusion under contention.
#include <stdio.h>
#include <windows.h>

static CRITICAL_SECTION section;
static long counter;
static HANDLE entered, leave;

static DWORD WINAPI adds(LPVOID parameter) {
  (void)parameter;
  for (int i = 0; i < 5000; i++) {
    EnterCriticalSection(&section);
    counter++;
    LeaveCriticalSection(&section);
  }
  return 0;
}

static DWORD WINAPI tries(LPVOID parameter) {
  (void)parameter;
  BOOL got = TryEnterCriticalSection(&section);
  if (got) LeaveCriticalSection(&section);
  return (DWORD)got;
}

static DWORD WINAPI holds(LPVOID parameter) {
  (void)parameter;
  EnterCriticalSection(&section);
  SetEvent(entered);
  WaitForSingleObject(leave, INFINITE);
  counter = -1;
  LeaveCriticalSection(&section);
  return 0;
}

static DWORD in_thread(LPTHREAD_START_ROUTINE start) {
  HANDLE thread = CreateThread(NULL, 0, start, NULL, 0, NULL);
  DWORD code;
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  CloseHandle(thread);
  return code;
}

int main(void) {
  HANDLE threads[4];
  InitializeCriticalSection(&section);
  printf("free: another thread gets it %lu\n", in_thread(tries));
  EnterCriticalSection(&section);
  printf("mine again: %d\n", TryEnterCriticalSection(&section));
  EnterCriticalSection(&section);
  printf("held three times: another thread gets it %lu\n", in_thread(tries));
  LeaveCriticalSection(&section);
  LeaveCriticalSection(&section);
  printf("held once: another thread gets it %lu\n", in_thread(tries));
  LeaveCriticalSection(&section);
  printf("free again: another thread gets it %lu\n", in_thread(tries));

  for (int i = 0; i < 4; i++) threads[i] = CreateThread(NULL, 0, adds, NULL, 0, NULL);
  WaitForMultipleObjects(4, threads, TRUE, INFINITE);
  for (int i = 0; i < 4; i++) CloseHandle(threads[i]);
  printf("counted %ld\n", counter);

  entered = CreateEvent(NULL, FALSE, FALSE, NULL);
  leave = CreateEvent(NULL, FALSE, FALSE, NULL);
  HANDLE holder = CreateThread(NULL, 0, holds, NULL, 0, NULL);
  WaitForSingleObject(entered, INFINITE);
  printf("held by the other: %d\n", TryEnterCriticalSection(&section));
  SetEvent(leave);
  EnterCriticalSection(&section);
  printf("entered after it left: %ld\n", counter);
  LeaveCriticalSection(&section);
  WaitForSingleObject(holder, INFINITE);
  CloseHandle(holder);
  DeleteCriticalSection(&section);

  printf("with a spin count: %d\n", InitializeCriticalSectionAndSpinCount(&section, 4000));
  EnterCriticalSection(&section);
  LeaveCriticalSection(&section);
  DeleteCriticalSection(&section);
  CloseHandle(entered);
  CloseHandle(leave);
  return 0;
}
