// A callback unregisters its own wait and would wait for itself: LW018 self-unregister.
#include <windows.h>

static HANDLE wait, known, done;

static VOID CALLBACK callback(PVOID context, BOOLEAN timed_out) {
  (void)context, (void)timed_out;
  WaitForSingleObject(known, INFINITE);
  UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  SetEvent(done);
}

int main(void) {
  HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL);
  known = CreateEventA(NULL, TRUE, FALSE, NULL);
  done = CreateEventA(NULL, TRUE, FALSE, NULL);
  RegisterWaitForSingleObject(&wait, event, callback, NULL, INFINITE, WT_EXECUTEONLYONCE);
  SetEvent(known);
  WaitForSingleObject(done, INFINITE);
  UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  return 0;
}
