// A closed handle is used; then its value belongs to a semaphore, and it is used again: LW009 stale-handle.
#include <windows.h>

int main(void) {
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  CloseHandle(event);
  SetEvent(event);
  HANDLE semaphore = CreateSemaphoreA(NULL, 0, 1, NULL);
  SetEvent(event);
  CloseHandle(semaphore);
  CloseHandle(semaphore);
  // None of these was ever a handle.
  WaitForSingleObject(NULL, 0);
  SetEvent(INVALID_HANDLE_VALUE);
  CloseHandle((HANDLE)(ULONG_PTR)4000);
  return 0;
}
