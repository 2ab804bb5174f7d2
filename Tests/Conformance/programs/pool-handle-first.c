// The wait handle is stored before a callback can begin, also when the object is signaled already.
#include <stdio.h>
#include <windows.h>

static HANDLE wait_handle, seen;
static volatile LONG there, missing;

static VOID CALLBACK callback(PVOID parameter, BOOLEAN timed_out) {
  (void)timed_out;
  InterlockedIncrement(*(HANDLE volatile *)parameter ? &there : &missing);
  SetEvent(seen);
}

int main(void) {
  int unregistered = 0;
  HANDLE signaled = CreateEvent(NULL, TRUE, TRUE, NULL);
  seen = CreateEvent(NULL, FALSE, FALSE, NULL);
  for (int i = 0; i < 200; i++) {
    wait_handle = NULL;
    RegisterWaitForSingleObject(&wait_handle, signaled, callback, &wait_handle, INFINITE,
                                WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD);
    WaitForSingleObject(seen, INFINITE);
    unregistered += UnregisterWaitEx(wait_handle, INVALID_HANDLE_VALUE);
  }
  printf("there %ld, missing %ld, unregistered %d\n", there, missing, unregistered);
  CloseHandle(signaled);
  CloseHandle(seen);
  return 0;
}
