// Manual-reset and auto-reset events: what a wait leaves of the signal.
#include <stdio.h>
#include <windows.h>

/// Two looks at once, because the first may take the signal.
static void look(const char *name, HANDLE event) {
  DWORD first = WaitForSingleObject(event, 0);
  DWORD second = WaitForSingleObject(event, 0);
  printf("  %s: %lu %lu\n", name, first, second);
}

static void show(const char *name, HANDLE event) {
  printf("%s\n", name);
  look("at first", event);
  printf("  set %d\n", SetEvent(event));
  look("set", event);
  SetEvent(event);
  SetEvent(event);
  look("set twice", event);
  SetEvent(event);
  printf("  reset %d\n", ResetEvent(event));
  look("reset", event);
  printf("  pulse %d\n", PulseEvent(event));
  look("pulsed", event);
  CloseHandle(event);
}

int main(void) {
  show("manual", CreateEventA(NULL, TRUE, FALSE, NULL));
  show("manual, set at first", CreateEventW(NULL, TRUE, TRUE, NULL));
  show("automatic", CreateEventA(NULL, FALSE, FALSE, NULL));
  show("automatic, set at first", CreateEventExA(NULL, NULL, CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS));

  HANDLE waits = CreateEventExW(NULL, NULL, CREATE_EVENT_INITIAL_SET | CREATE_EVENT_MANUAL_RESET, SYNCHRONIZE);
  SetLastError(0);
  BOOL done = SetEvent(waits);
  DWORD error = GetLastError();
  printf("SYNCHRONIZE only: set %d, error %lu\n", done, error);
  look("set at first", waits);
  CloseHandle(waits);
  return 0;
}
