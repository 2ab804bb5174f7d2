// Mutexes: recursion, ownership, and handing over to a thread that waits.
#include <stdio.h>
#include <windows.h>

static HANDLE mutex, tried, released;

static void release(const char *name) {
  SetLastError(0);
  BOOL done = ReleaseMutex(mutex);
  DWORD error = GetLastError();
  printf("%s: release %d, error %lu\n", name, done, error);
}

static DWORD WINAPI other(LPVOID parameter) {
  (void)parameter;
  printf("other: wait %lu\n", WaitForSingleObject(mutex, 0));
  release("other, not its owner");
  SetEvent(tried);
  DWORD result = WaitForSingleObject(mutex, INFINITE);
  WaitForSingleObject(released, INFINITE);
  printf("other: gets it %lu\n", result);
  printf("other: again %lu\n", WaitForSingleObject(mutex, 0));
  release("other");
  release("other");
  release("other, once too often");
  return 0;
}

int main(void) {
  mutex = CreateMutexA(NULL, TRUE, NULL);
  tried = CreateEventA(NULL, TRUE, FALSE, NULL);
  released = CreateEventA(NULL, TRUE, FALSE, NULL);
  printf("owned at first, again %lu\n", WaitForSingleObject(mutex, INFINITE));
  HANDLE thread = CreateThread(NULL, 0, other, NULL, 0, NULL);
  WaitForSingleObject(tried, INFINITE);
  release("first");
  release("first");
  SetEvent(released);
  WaitForSingleObject(thread, INFINITE);
  release("first, free again");

  HANDLE unowned = CreateMutexExA(NULL, NULL, 0, MUTEX_ALL_ACCESS);
  HANDLE owned = CreateMutexExW(NULL, NULL, CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS);
  printf("release of one made unowned %d, made owned %d\n", ReleaseMutex(unowned), ReleaseMutex(owned));
  HANDLE both[2] = {unowned, owned};
  printf("both: %lu\n", WaitForMultipleObjects(2, both, TRUE, 0));
  printf("any: %lu\n", WaitForMultipleObjects(2, both, FALSE, 0));
  printf("release: %d", ReleaseMutex(unowned));
  printf(" %d", ReleaseMutex(unowned));
  printf(" %d", ReleaseMutex(unowned));
  printf(" %d", ReleaseMutex(owned));
  printf(" %d\n", ReleaseMutex(owned));
  CloseHandle(thread);
  CloseHandle(mutex);
  CloseHandle(tried);
  CloseHandle(released);
  CloseHandle(unowned);
  CloseHandle(owned);
  return 0;
}
