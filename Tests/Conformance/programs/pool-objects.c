// What can be waited for: a semaphore, whose counts are taken one by one; and threads, alive and ended.
#include <stdio.h>
#include <windows.h>

static HANDLE called;
static volatile LONG calls;

static VOID CALLBACK callback(PVOID parameter, BOOLEAN timed_out) {
  (void)parameter;
  (void)timed_out;
  InterlockedIncrement(&calls);
  SetEvent(called);
}

static DWORD WINAPI waits(LPVOID event) { return WaitForSingleObject((HANDLE)event, INFINITE); }

int main(void) {
  HANDLE wait, semaphore = CreateSemaphoreA(NULL, 0, 100, NULL), event = CreateEvent(NULL, TRUE, FALSE, NULL);
  called = CreateEvent(NULL, FALSE, FALSE, NULL);
  RegisterWaitForSingleObject(&wait, semaphore, callback, NULL, INFINITE, WT_EXECUTEINWAITTHREAD);
  for (int i = 0; i < 3; i++) {
    ReleaseSemaphore(semaphore, 1, NULL);
    WaitForSingleObject(called, INFINITE);
  }
  ReleaseSemaphore(semaphore, 20, NULL);
  while (calls < 23) Sleep(1);
  printf("semaphore: unregistered %d", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
  ReleaseSemaphore(semaphore, 1, NULL);
  printf(", calls %ld, the last count is free %d\n", calls, WaitForSingleObject(semaphore, 0) == WAIT_OBJECT_0);

  calls = 0;
  ResetEvent(called);
  HANDLE thread = CreateThread(NULL, 0, waits, event, 0, NULL);
  RegisterWaitForSingleObject(&wait, thread, callback, NULL, INFINITE, WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD);
  printf("a live thread: called %d", WaitForSingleObject(called, 20) == WAIT_OBJECT_0);
  SetEvent(event);
  WaitForSingleObject(called, INFINITE);
  BOOL done = UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  printf(", unregistered %d, calls %ld\n", done, calls);
  RegisterWaitForSingleObject(&wait, thread, callback, NULL, INFINITE, WT_EXECUTEONLYONCE);
  WaitForSingleObject(called, INFINITE);
  done = UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  printf("an ended thread: unregistered %d, calls %ld, still signaled %d\n", done, calls,
         WaitForSingleObject(thread, 0) == WAIT_OBJECT_0);

  CloseHandle(thread);
  CloseHandle(semaphore);
  CloseHandle(event);
  CloseHandle(called);
  return 0;
}
