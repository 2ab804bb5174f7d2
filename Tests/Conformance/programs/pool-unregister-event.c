// UnregisterWaitEx with a completion event and without: pending while the callback runs, and when the event is set.
#include <stdio.h>
#include <windows.h>

static HANDLE entered, leave;
static volatile LONG left;

static VOID CALLBACK slow(PVOID parameter, BOOLEAN timed_out) {
  (void)parameter;
  (void)timed_out;
  SetEvent(entered);
  WaitForSingleObject(leave, INFINITE);
  InterlockedIncrement(&left);
}

int main(void) {
  HANDLE wait, event = CreateEvent(NULL, FALSE, FALSE, NULL), done = CreateEvent(NULL, TRUE, FALSE, NULL);
  entered = CreateEvent(NULL, FALSE, FALSE, NULL);
  leave = CreateEvent(NULL, FALSE, FALSE, NULL);
  BOOL result;

  // With an event, while the callback runs.
  RegisterWaitForSingleObject(&wait, event, slow, NULL, INFINITE, WT_EXECUTEONLYONCE);
  SetEvent(event);
  WaitForSingleObject(entered, INFINITE);
  SetLastError(0);
  result = UnregisterWaitEx(wait, done);
  printf("while it runs, with an event: %d error %lu\n", result, GetLastError());
  printf("not done yet: %d\n", WaitForSingleObject(done, 30) == WAIT_TIMEOUT);
  SetEvent(leave);
  DWORD waited = WaitForSingleObject(done, INFINITE);
  printf("done: %lu, the callback has left %ld\n", waited, left);

  // Without one, while the callback runs.
  RegisterWaitForSingleObject(&wait, event, slow, NULL, INFINITE, WT_EXECUTEONLYONCE);
  SetEvent(event);
  WaitForSingleObject(entered, INFINITE);
  SetLastError(0);
  result = UnregisterWait(wait);
  printf("while it runs: %d error %lu\n", result, GetLastError());
  SetEvent(leave);
  while (left != 2) Sleep(1);

  RegisterWaitForSingleObject(&wait, event, slow, NULL, INFINITE, WT_EXECUTEONLYONCE);
  SetEvent(event);
  WaitForSingleObject(entered, INFINITE);
  SetLastError(0);
  result = UnregisterWaitEx(wait, NULL);
  printf("while it runs, with NULL: %d error %lu\n", result, GetLastError());
  SetEvent(leave);
  while (left != 3) Sleep(1);

  // Blocking: returns when the callback has left.
  RegisterWaitForSingleObject(&wait, event, slow, NULL, INFINITE, WT_EXECUTEONLYONCE);
  SetEvent(event);
  WaitForSingleObject(entered, INFINITE);
  SetEvent(leave);
  result = UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  printf("blocking: %d, the callback has left %ld\n", result, left);

  // Before any signal, and after everything.
  ResetEvent(done);
  RegisterWaitForSingleObject(&wait, event, slow, NULL, INFINITE, WT_EXECUTEDEFAULT);
  result = UnregisterWaitEx(wait, done);
  printf("never signaled: %d, done %lu\n", result, WaitForSingleObject(done, INFINITE));
  printf("callbacks %ld\n", left);

  SetLastError(0);
  result = UnregisterWait(NULL);
  printf("NULL: %d error %lu\n", result, GetLastError());
  SetLastError(0);
  result = UnregisterWaitEx(NULL, INVALID_HANDLE_VALUE);
  printf("NULL, blocking: %d error %lu\n", result, GetLastError());
  CloseHandle(event);
  CloseHandle(done);
  CloseHandle(entered);
  CloseHandle(leave);
  return 0;
}
