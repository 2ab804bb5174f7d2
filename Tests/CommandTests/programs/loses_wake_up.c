// A wake-up is lost when it comes between the look at what is waited for and the wait. In the default order it comes
// later.
#include <windows.h>

static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;
static volatile LONG ready;

static DWORD WINAPI wake(LPVOID parameter) {
  (void)parameter;
  InterlockedExchange(&ready, 1); // without the lock
  WakeConditionVariable(&changed);
  return 0;
}

int main(void) {
  HANDLE thread = CreateThread(NULL, 0, wake, NULL, 0, NULL);
  AcquireSRWLockExclusive(&lock);
  if (!ready) SleepConditionVariableSRW(&changed, &lock, INFINITE, 0);
  ReleaseSRWLockExclusive(&lock);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  return 0;
}
