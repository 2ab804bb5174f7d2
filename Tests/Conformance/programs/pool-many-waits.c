// More registered waits than one wait can take (64), signaled in an order of their own; each callback comes once.
#include <stdio.h>
#include <windows.h>

#define COUNT 200

static volatile LONG calls[COUNT], total;
static HANDLE all_called;

static VOID CALLBACK callback(PVOID parameter, BOOLEAN timed_out) {
  if (!timed_out) InterlockedIncrement(&calls[(INT_PTR)parameter]);
  if (InterlockedIncrement(&total) == COUNT) SetEvent(all_called);
}

int main(void) {
  static HANDLE events[COUNT], waits[COUNT];
  int registered = 0, unregistered = 0, once = 0;
  all_called = CreateEvent(NULL, TRUE, FALSE, NULL);
  for (INT_PTR i = 0; i < COUNT; i++) {
    events[i] = CreateEvent(NULL, FALSE, FALSE, NULL);
    registered += RegisterWaitForSingleObject(&waits[i], events[i], callback, (PVOID)i, INFINITE,
                                              i % 2 ? WT_EXECUTEONLYONCE : WT_EXECUTEINWAITTHREAD);
  }
  printf("registered %d\n", registered);
  for (int i = 0; i < COUNT; i++) SetEvent(events[i * 7 % COUNT]);
  printf("all called: %lu\n", WaitForSingleObject(all_called, INFINITE));
  for (int i = 0; i < COUNT; i++) unregistered += UnregisterWaitEx(waits[i], INVALID_HANDLE_VALUE);
  for (int i = 0; i < COUNT; i++) once += calls[i] == 1;
  printf("unregistered %d, called once %d, in all %ld\n", unregistered, once, total);
  for (int i = 0; i < COUNT; i++) CloseHandle(events[i]);
  CloseHandle(all_called);
  return 0;
}
