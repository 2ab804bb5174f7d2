// Two threads that share a slim lock want it alone, and neither gives back what it has.
#include <windows.h>

static SRWLOCK locks[2] = {SRWLOCK_INIT, SRWLOCK_INIT};

static DWORD WINAPI share(void *is_shared) {
  AcquireSRWLockShared(&locks[1]);
  SetEvent(is_shared);
  AcquireSRWLockExclusive(&locks[1]);
  return 0;
}

int main(void) {
  HANDLE is_shared = CreateEventA(NULL, TRUE, FALSE, NULL);
  AcquireSRWLockShared(&locks[1]);
  CreateThread(NULL, 0, share, is_shared, 0, NULL);
  WaitForSingleObject(is_shared, INFINITE);
  AcquireSRWLockExclusive(&locks[1]);
  return 0;
}
