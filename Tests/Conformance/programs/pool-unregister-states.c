// Every form of unregistration, of waits that were never signaled, that are in their callback and that are through it.
#include <stdio.h>
#include <windows.h>

enum state { NEVER_SIGNALED, IN_CALLBACK, THROUGH };
enum form { PLAIN, WITH_NULL, WITH_EVENT, BLOCKING };

static HANDLE entered, gate;
static volatile LONG begun, returned;

static VOID CALLBACK callback(PVOID parameter, BOOLEAN timed_out) {
  (void)parameter;
  (void)timed_out;
  InterlockedIncrement(&begun);
  SetEvent(entered);
  WaitForSingleObject(gate, INFINITE);
  InterlockedIncrement(&returned);
}

static DWORD WINAPI open_gate(LPVOID parameter) {
  (void)parameter;
  Sleep(20);
  SetEvent(gate);
  return 0;
}

static void cell(ULONG flags, enum state state, enum form form) {
  static const char *const states[] = {"never signaled", "in its callback", "through it"};
  static const char *const forms[] = {"UnregisterWait", "Ex NULL", "Ex event", "Ex blocking"};
  HANDLE object = CreateEvent(NULL, FALSE, FALSE, NULL), done = CreateEvent(NULL, TRUE, FALSE, NULL), wait,
         opener = NULL;
  begun = returned = 0;
  ResetEvent(gate);
  RegisterWaitForSingleObject(&wait, object, callback, NULL, INFINITE, flags);
  if (state != NEVER_SIGNALED) {
    SetEvent(object);
    WaitForSingleObject(entered, INFINITE);
  }
  if (state == THROUGH) {
    SetEvent(gate);
    while (returned == 0) Sleep(1);
    Sleep(20); // the pool notes the return a moment later
  }
  if (form == BLOCKING && state == IN_CALLBACK) opener = CreateThread(NULL, 0, open_gate, NULL, 0, NULL);
  SetLastError(0);
  BOOL result = form == PLAIN       ? UnregisterWait(wait)
                : form == WITH_NULL ? UnregisterWaitEx(wait, NULL)
                                    : UnregisterWaitEx(wait, form == WITH_EVENT ? done : INVALID_HANDLE_VALUE);
  DWORD error = result ? 0 : GetLastError();
  LONG returned_before = returned;
  SetEvent(gate);
  if (form == WITH_EVENT) WaitForSingleObject(done, INFINITE);
  while (returned != begun) Sleep(1);
  printf("  %s, %s: %d error %lu, returned by then %ld, in all %ld", states[state], forms[form], result, error,
         returned_before, returned);
  SetEvent(object);
  printf(", a later signal stays %d\n", WaitForSingleObject(object, 20) == WAIT_OBJECT_0);
  if (opener) {
    WaitForSingleObject(opener, INFINITE);
    CloseHandle(opener);
  }
  CloseHandle(object);
  CloseHandle(done);
}

int main(void) {
  static const ULONG flags[] = {WT_EXECUTEONLYONCE, WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD, WT_EXECUTEDEFAULT,
                                WT_EXECUTEINWAITTHREAD};
  entered = CreateEvent(NULL, FALSE, FALSE, NULL);
  gate = CreateEvent(NULL, TRUE, FALSE, NULL);
  for (int i = 0; i < 4; i++) {
    printf("flags %lx\n", flags[i]);
    for (int state = NEVER_SIGNALED; state <= THROUGH; state++)
      for (int form = PLAIN; form <= BLOCKING; form++) cell(flags[i], state, form);
  }
  CloseHandle(entered);
  CloseHandle(gate);
  return 0;
}
