// One thread waits alertably for a mutex and an event, another queues calls to it, sets the event and ends with the
// mutex in its hands. Whatever the order: each call is made once, the event is taken once, the mutex is found abandoned
// once.
#include <stdlib.h>
#include <windows.h>

enum { CALLS = 2 };

static HANDLE mutex, event, owned;
static int calls;

static VOID CALLBACK count(ULONG_PTR number) {
  if ((int)number != calls) abort(); // in order
  calls++;
}

static DWORD WINAPI disturb(LPVOID waiter) {
  WaitForSingleObject(mutex, INFINITE);
  SetEvent(owned);
  QueueUserAPC(count, waiter, 0);
  SetEvent(event);
  QueueUserAPC(count, waiter, 1);
  return 0; // without releasing the mutex
}

int main(void) {
  HANDLE self = NULL;
  int taken = 0, abandoned = 0;
  mutex = CreateMutexA(NULL, FALSE, NULL);
  event = CreateEventA(NULL, FALSE, FALSE, NULL);
  owned = CreateEventA(NULL, FALSE, FALSE, NULL);
  DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, THREAD_SET_CONTEXT, FALSE, 0);
  HANDLE thread = CreateThread(NULL, 0, disturb, self, 0, NULL);
  HANDLE objects[2] = {event, mutex};
  WaitForSingleObject(owned, INFINITE);
  while (taken == 0 || abandoned == 0) {
    DWORD result = WaitForMultipleObjectsEx(2, objects, FALSE, INFINITE, TRUE);
    if (result == WAIT_OBJECT_0) taken++;
    if (result == WAIT_ABANDONED_0 + 1) abandoned++;
    if (result == WAIT_OBJECT_0 + 1 || result == WAIT_FAILED || result == WAIT_TIMEOUT) abort();
  }
  while (SleepEx(0, TRUE) == WAIT_IO_COMPLETION) continue;
  if (taken != 1 || abandoned != 1 || calls != CALLS || !ReleaseMutex(mutex)) abort();
  if (WaitForSingleObject(thread, INFINITE) != WAIT_OBJECT_0) abort();
  CloseHandle(thread);
  CloseHandle(self);
  CloseHandle(event);
  CloseHandle(owned);
  CloseHandle(mutex);
  return 0;
}
