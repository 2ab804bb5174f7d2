// An event is closed while a registered wait still uses it: LW017 waited-handle-closed.
#include <windows.h>

static VOID CALLBACK callback(PVOID context, BOOLEAN timed_out) { (void)context, (void)timed_out; }

int main(void) {
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL), wait;
  RegisterWaitForSingleObject(&wait, event, callback, NULL, INFINITE, WT_EXECUTEONLYONCE);
  CloseHandle(event);
  UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
  return 0;
}
