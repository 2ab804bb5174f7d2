// A callback that unregisters another wait and blocks for it: in the pool, and of a wait that was never signaled.
#include <stdio.h>
#include <windows.h>

struct watcher {
  HANDLE object, wait, other, done;
  BOOL result;
  LONG calls;
};

static VOID CALLBACK ends_other(PVOID parameter, BOOLEAN timed_out) {
  struct watcher *self = parameter;
  (void)timed_out;
  self->result = UnregisterWaitEx(self->other, INVALID_HANDLE_VALUE);
  InterlockedIncrement(&self->calls);
  SetEvent(self->done);
}

static VOID CALLBACK counts(PVOID parameter, BOOLEAN timed_out) {
  (void)timed_out;
  InterlockedIncrement((LONG *)parameter);
}

int main(void) {
  static const ULONG flags[] = {WT_EXECUTEONLYONCE, WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEDEFAULT};
  for (int i = 0; i < 3; i++) {
    LONG other_calls = 0;
    struct watcher self = {.object = CreateEvent(NULL, FALSE, FALSE, NULL),
                           .done = CreateEvent(NULL, FALSE, FALSE, NULL)};
    HANDLE other_object = CreateEvent(NULL, FALSE, FALSE, NULL);
    RegisterWaitForSingleObject(&self.other, other_object, counts, &other_calls, INFINITE, flags[i]);
    RegisterWaitForSingleObject(&self.wait, self.object, ends_other, &self, INFINITE, flags[i]);
    SetEvent(self.object);
    WaitForSingleObject(self.done, INFINITE);
    SetEvent(other_object);
    printf("flags %lx: the other is unregistered %d, its signal stays %d", flags[i], self.result,
           WaitForSingleObject(other_object, 20) == WAIT_OBJECT_0);
    BOOL done = UnregisterWaitEx(self.wait, INVALID_HANDLE_VALUE);
    printf(", then myself %d, calls %ld and %ld\n", done, self.calls, other_calls);
    CloseHandle(self.object);
    CloseHandle(self.done);
    CloseHandle(other_object);
  }
  return 0;
}
