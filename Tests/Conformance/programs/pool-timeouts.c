// Timeouts of registered waits: each begins anew after a timeout and after a signal, and the callback is told which.
// wine-differs: Wine's deadline is never set again, so a repeating wait times out once and then not at all; the pages
// of RegisterWaitForSingleObject say that the timer is reset every time the wait operation is completed
#include <stdio.h>
#include <windows.h>

static HANDLE event;
static volatile LONG timeouts, signals;

static VOID CALLBACK callback(PVOID parameter, BOOLEAN timed_out) {
  (void)parameter;
  InterlockedIncrement(timed_out ? &timeouts : &signals);
}

/// Waits for a count, but not for ever.
static int reaches(volatile LONG *count, LONG wanted) {
  for (int i = 0; i < 300 && *count < wanted; i++) Sleep(10);
  return *count >= wanted;
}

int main(void) {
  static const ULONG flags[] = {WT_EXECUTEDEFAULT, WT_EXECUTEINWAITTHREAD};
  event = CreateEvent(NULL, FALSE, FALSE, NULL);
  for (int i = 0; i < 2; i++) {
    HANDLE wait;
    timeouts = signals = 0;
    RegisterWaitForSingleObject(&wait, event, callback, NULL, 20, flags[i]);
    printf("flags %lx: times out three times %d", flags[i], reaches(&timeouts, 3));
    SetEvent(event);
    printf(", is signaled %d", reaches(&signals, 1));
    timeouts = 0;
    printf(", times out again %d", reaches(&timeouts, 2));
    BOOL done = UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
    printf(", unregistered %d, signals %ld\n", done, signals);
  }
  HANDLE once, patient;
  timeouts = signals = 0;
  RegisterWaitForSingleObject(&patient, event, callback, NULL, 100000, WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD);
  RegisterWaitForSingleObject(&once, event, callback, NULL, 20, WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD);
  printf("the shorter of two times out %d", reaches(&timeouts, 1));
  SetEvent(event);
  printf(", the longer is signaled %d", reaches(&signals, 1));
  BOOL first = UnregisterWaitEx(once, INVALID_HANDLE_VALUE), second = UnregisterWaitEx(patient, INVALID_HANDLE_VALUE);
  printf(", unregistered %d %d, timeouts %ld\n", first, second, timeouts);
  CloseHandle(event);
  return 0;
}
