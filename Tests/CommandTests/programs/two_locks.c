// Two threads take two locks, each in its own order: in the default order one is done before the other begins.
#include <windows.h>

static CRITICAL_SECTION left, right;

static DWORD WINAPI other(void *nothing) {
  EnterCriticalSection(&right);
  EnterCriticalSection(&left);
  LeaveCriticalSection(&left);
  LeaveCriticalSection(&right);
  return nothing == NULL ? 0 : 1;
}

int main(void) {
  InitializeCriticalSection(&left);
  InitializeCriticalSection(&right);
  HANDLE thread = CreateThread(NULL, 0, other, NULL, 0, NULL);
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  EnterCriticalSection(&left);
  SetEvent(event);
  EnterCriticalSection(&right);
  LeaveCriticalSection(&right);
  LeaveCriticalSection(&left);
  WaitForSingleObject(thread, INFINITE);
  return 0;
}
