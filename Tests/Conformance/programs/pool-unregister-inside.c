// A callback that unregisters its own wait, without blocking: it runs to its end and the event comes behind it.
// wine-differs: Wine answers ERROR_IO_PENDING for every flag; on Windows ONLYONCE | INWAITTHREAD gets TRUE
// (Wine's own test kernel32:thread, unregister_function, marked todo_wine)
#include <stdio.h>
#include <windows.h>

static HANDLE wait_handle, known, finished, done;
static BOOL with_event;
static BOOL result;
static DWORD error;
static volatile LONG calls;

static VOID CALLBACK ends_itself(PVOID parameter, BOOLEAN timed_out) {
  (void)parameter;
  (void)timed_out;
  WaitForSingleObject(known, INFINITE);
  SetLastError(0);
  result = with_event ? UnregisterWaitEx(wait_handle, done) : UnregisterWait(wait_handle);
  error = result ? 0 : GetLastError();
  InterlockedIncrement(&calls);
  SetEvent(finished);
}

int main(void) {
  static const ULONG flags[] = {WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE, WT_EXECUTEINWAITTHREAD,
                                WT_EXECUTEDEFAULT};
  known = CreateEvent(NULL, FALSE, FALSE, NULL);
  finished = CreateEvent(NULL, TRUE, FALSE, NULL);
  done = CreateEvent(NULL, TRUE, FALSE, NULL);
  for (int i = 0; i < 8; i++) {
    HANDLE object = CreateEvent(NULL, FALSE, TRUE, NULL);
    with_event = i % 2;
    calls = 0;
    ResetEvent(finished);
    ResetEvent(done);
    RegisterWaitForSingleObject(&wait_handle, object, ends_itself, NULL, INFINITE, flags[i / 2]);
    SetEvent(known);
    WaitForSingleObject(finished, INFINITE);
    if (with_event) WaitForSingleObject(done, INFINITE);
    printf("flags %lx, %s: %d error %lu", flags[i / 2], with_event ? "event" : "no event", result, error);
    SetEvent(object);
    int stays = WaitForSingleObject(object, 20) == WAIT_OBJECT_0;
    printf(", a later signal stays %d, calls %ld\n", stays, calls);
    CloseHandle(object);
  }
  CloseHandle(known);
  CloseHandle(finished);
  CloseHandle(done);
  return 0;
}
