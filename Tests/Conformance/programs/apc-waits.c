// Alertable waits: what is signalled comes first, then calls, then the end of the time. The wait consumes nothing when
// a call ends it.
#include <stdio.h>
#include <windows.h>

static VOID CALLBACK call(ULONG_PTR event) {
  printf("  call\n");
  if (event) SetEvent((HANDLE)event);
}

static void queue(HANDLE event) { QueueUserAPC(call, GetCurrentThread(), (ULONG_PTR)event); }

int main(void) {
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE other = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE semaphore = CreateSemaphoreA(NULL, 0, 2, NULL);
  HANDLE pair[2] = {event, other};

  SetEvent(event);
  queue(NULL);
  printf("signalled, and a call queued: %lu\n", WaitForSingleObjectEx(event, INFINITE, TRUE));
  printf("then the call: %lu\n", WaitForSingleObjectEx(event, 0, TRUE));
  printf("then the time: %lu\n", WaitForSingleObjectEx(event, 0, TRUE));
  queue(NULL);
  printf("not alertable: %lu\n", WaitForSingleObjectEx(event, 0, FALSE));
  printf("any: %lu\n", WaitForMultipleObjectsEx(2, pair, FALSE, INFINITE, TRUE));

  queue(event);
  printf("the call sets the event: %lu\n", WaitForSingleObjectEx(event, INFINITE, TRUE));
  printf("which nobody consumed: %lu\n", WaitForSingleObjectEx(event, 0, TRUE));

  SetEvent(other);
  queue(event);
  printf("all, one of them set: %lu\n", WaitForMultipleObjectsEx(2, pair, TRUE, INFINITE, TRUE));
  printf("all, now that the call has set the other: %lu\n", WaitForMultipleObjectsEx(2, pair, TRUE, 0, TRUE));

  queue(NULL);
  printf("signal and wait: %lu\n", SignalObjectAndWait(semaphore, event, INFINITE, TRUE));
  printf("the signal was given: %lu\n", WaitForSingleObjectEx(semaphore, 0, TRUE));
  queue(NULL);
  printf("signal and wait, not alertable: %lu\n", SignalObjectAndWait(semaphore, event, 0, FALSE));
  SetLastError(0);
  DWORD result = WaitForSingleObjectEx(NULL, INFINITE, TRUE);
  DWORD error = GetLastError();
  printf("no handle: %lu, error %lu; the call is still queued\n", result, error);
  printf("sleep: %lu\n", SleepEx(INFINITE, TRUE));
  CloseHandle(event);
  CloseHandle(other);
  CloseHandle(semaphore);
  return 0;
}
