// A manual-reset event stays set until it is reset; an auto-reset event lets one wait through and resets itself.
#include <stdio.h>
#include <windows.h>

static const char *wait_text(DWORD result) {
  switch (result) {
  case WAIT_OBJECT_0:
    return "signaled";
  case WAIT_TIMEOUT:
    return "timeout";
  case WAIT_FAILED:
    return "failed";
  default:
    return "other";
  }
}

static void probe(const char *name, HANDLE event) {
  printf("%s: %s", name, wait_text(WaitForSingleObject(event, 0)));
  printf(" %s", wait_text(WaitForSingleObject(event, 0)));
  SetEvent(event);
  SetEvent(event);
  printf(" | set twice: %s", wait_text(WaitForSingleObject(event, 0)));
  printf(" %s", wait_text(WaitForSingleObject(event, 0)));
  SetEvent(event);
  ResetEvent(event);
  ResetEvent(event);
  printf(" | reset: %s\n", wait_text(WaitForSingleObject(event, 0)));
}

int main(void) {
  HANDLE manual = CreateEvent(NULL, TRUE, FALSE, NULL);
  HANDLE automatic = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE set_manual = CreateEventW(NULL, TRUE, TRUE, NULL);
  HANDLE set_automatic = CreateEvent(NULL, FALSE, TRUE, NULL);
  probe("manual", manual);
  probe("automatic", automatic);
  probe("manual, set at first", set_manual);
  probe("automatic, set at first", set_automatic);

  SetLastError(1234);
  BOOL done = SetEvent(manual);
  printf("SetEvent %d, last error untouched %d\n", done, GetLastError() == 1234);
  done = CloseHandle(manual);
  printf("CloseHandle %d\n", done);
  SetLastError(0);
  done = SetEvent(NULL);
  printf("SetEvent(NULL) %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = ResetEvent(INVALID_HANDLE_VALUE);
  printf("ResetEvent(INVALID_HANDLE_VALUE) %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = SetEvent((HANDLE)(ULONG_PTR)0x7FFF0);
  printf("SetEvent(never opened) %d error %lu\n", done, GetLastError());
  CloseHandle(automatic);
  CloseHandle(set_manual);
  CloseHandle(set_automatic);
  return 0;
}
