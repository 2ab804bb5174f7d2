// A registered wait without ONLYONCE: a callback for each signal of an automatic event, in the wait thread one by one.
#include <stdio.h>
#include <windows.h>

static HANDLE handled;
static volatile LONG calls, inside, overlaps;
static DWORD first_thread, registering_thread;
static volatile LONG other_threads;

static VOID CALLBACK in_wait_thread(PVOID parameter, BOOLEAN timed_out) {
  (void)parameter;
  (void)timed_out;
  if (InterlockedIncrement(&inside) != 1) InterlockedIncrement(&overlaps);
  if (!first_thread) first_thread = GetCurrentThreadId();
  if (first_thread != GetCurrentThreadId()) InterlockedIncrement(&other_threads);
  InterlockedIncrement(&calls);
  InterlockedDecrement(&inside);
  SetEvent(handled);
}

static VOID CALLBACK in_pool(PVOID parameter, BOOLEAN timed_out) {
  (void)timed_out;
  InterlockedIncrement((LONG *)parameter);
  if (GetCurrentThreadId() == registering_thread) InterlockedIncrement(&overlaps);
  SetEvent(handled);
}

int main(void) {
  HANDLE waits[3], events[3], wait;
  LONG pool_calls = 0;
  registering_thread = GetCurrentThreadId();
  handled = CreateEvent(NULL, FALSE, FALSE, NULL);
  for (int i = 0; i < 3; i++) {
    events[i] = CreateEvent(NULL, FALSE, FALSE, NULL);
    RegisterWaitForSingleObject(&waits[i], events[i], in_wait_thread, NULL, INFINITE, WT_EXECUTEINWAITTHREAD);
  }
  for (int i = 0; i < 30; i++) {
    SetEvent(events[i % 3]);
    WaitForSingleObject(handled, INFINITE);
  }
  for (int i = 0; i < 3; i++) printf("unregistered %d\n", UnregisterWaitEx(waits[i], INVALID_HANDLE_VALUE));
  printf("calls %ld, overlapping %ld, in other threads %ld, in mine %d\n", calls, overlaps, other_threads,
         first_thread == registering_thread);

  RegisterWaitForSingleObject(&wait, events[0], in_pool, &pool_calls, INFINITE, WT_EXECUTEDEFAULT);
  for (int i = 0; i < 20; i++) {
    SetEvent(events[0]);
    WaitForSingleObject(handled, INFINITE);
  }
  printf("unregistered %d\n", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
  SetEvent(events[0]);
  printf("calls %ld, in my thread %ld, the last signal is free %d\n", pool_calls, overlaps,
         WaitForSingleObject(events[0], 0) == WAIT_OBJECT_0);
  for (int i = 0; i < 3; i++) CloseHandle(events[i]);
  CloseHandle(handled);
  return 0;
}
