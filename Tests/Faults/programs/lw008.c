// FALSE with ERROR_IO_PENDING is taken for a failure, and the wait is unregistered again: LW008 double-unregister.
#include <windows.h>

static HANDLE entered, leave;

static VOID CALLBACK callback(PVOID context, BOOLEAN timed_out) {
  (void)context, (void)timed_out;
  SetEvent(entered);
  WaitForSingleObject(leave, INFINITE);
}

int main(void) {
  HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL), wait;
  entered = CreateEventA(NULL, FALSE, FALSE, NULL);
  leave = CreateEventA(NULL, TRUE, FALSE, NULL);
  RegisterWaitForSingleObject(&wait, event, callback, NULL, INFINITE, WT_EXECUTEONLYONCE);
  WaitForSingleObject(entered, INFINITE);
  if (!UnregisterWait(wait)) UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  SetEvent(leave);
  return 0;
}
