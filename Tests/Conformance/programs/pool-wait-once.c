// A registered wait that fires once: the flag in the callback, what is consumed, and that it must be unregistered.
#include <stdio.h>
#include <windows.h>

static HANDLE called;
static volatile LONG calls, timeouts, wrong_context;
static int context;

static VOID CALLBACK callback(PVOID parameter, BOOLEAN timed_out) {
  if (parameter != &context) InterlockedIncrement(&wrong_context);
  if (timed_out) InterlockedIncrement(&timeouts);
  InterlockedIncrement(&calls);
  SetEvent(called);
}

static void report(const char *what) {
  printf("%s: calls %ld timeouts %ld\n", what, calls, timeouts);
  calls = timeouts = 0;
}

int main(void) {
  HANDLE wait = NULL, event = CreateEvent(NULL, FALSE, FALSE, NULL), manual = CreateEvent(NULL, TRUE, TRUE, NULL);
  called = CreateEvent(NULL, FALSE, FALSE, NULL);

  static const ULONG flags[] = {WT_EXECUTEONLYONCE, WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD,
                                WT_EXECUTEONLYONCE | WT_EXECUTELONGFUNCTION,
                                WT_EXECUTEONLYONCE | WT_EXECUTEINPERSISTENTTHREAD};
  for (int i = 0; i < 4; i++) {
    BOOL done = RegisterWaitForSingleObject(&wait, event, callback, &context, INFINITE, flags[i]);
    printf("flags %lx: registered %d, handle %d\n", flags[i], done, wait != NULL);
    SetEvent(event);
    WaitForSingleObject(called, INFINITE);
    done = UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
    printf("unregistered %d\n", done);
    report("signaled");
    printf("consumed: %d\n", WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
  }

  RegisterWaitForSingleObject(&wait, event, callback, &context, 20, WT_EXECUTEONLYONCE);
  WaitForSingleObject(called, INFINITE);
  SetEvent(event);
  printf("unregistered %d\n", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
  report("timed out");
  printf("the signal came too late and is still there: %d\n", WaitForSingleObject(event, 0) == WAIT_OBJECT_0);

  RegisterWaitForSingleObject(&wait, event, callback, &context, 0, WT_EXECUTEONLYONCE);
  WaitForSingleObject(called, INFINITE);
  printf("unregistered %d\n", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
  report("no patience at all");

  RegisterWaitForSingleObject(&wait, manual, callback, &context, INFINITE, WT_EXECUTEONLYONCE);
  WaitForSingleObject(called, INFINITE);
  printf("unregistered %d\n", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
  report("signaled before");

  RegisterWaitForSingleObject(&wait, event, callback, &context, INFINITE, WT_EXECUTEONLYONCE);
  printf("unregistered %d\n", UnregisterWait(wait));
  SetEvent(event);
  printf("nobody took the signal: %d\n", WaitForSingleObject(event, 50) == WAIT_OBJECT_0);
  report("unregistered before");
  printf("wrong contexts: %ld\n", wrong_context);
  CloseHandle(event);
  CloseHandle(manual);
  CloseHandle(called);
  return 0;
}
