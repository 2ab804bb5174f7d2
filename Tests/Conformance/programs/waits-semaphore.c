// Semaphores: counts, limits, and how many waits one release ends.
// wine-differs: a release of 0 is ERROR_INVALID_PARAMETER on Windows (releasesemaphore: "must be greater than zero"),
// and Wine lets it pass; of less than 0 too, and Wine says ERROR_TOO_MANY_POSTS.
#include <stdio.h>
#include <windows.h>

static HANDLE semaphore;
static LONG inside;

static void release(LONG count) {
  LONG before = -7;
  SetLastError(0);
  BOOL done = ReleaseSemaphore(semaphore, count, &before);
  DWORD error = GetLastError();
  printf("release %ld: %d, before %ld, error %lu\n", count, done, before, error);
}

static void create(LONG initial, LONG maximum) {
  SetLastError(0);
  HANDLE made = CreateSemaphoreA(NULL, initial, maximum, NULL);
  DWORD error = GetLastError();
  printf("create %ld of %ld: a handle: %d, error %lu\n", initial, maximum, made != NULL, error);
  if (made) CloseHandle(made);
}

static DWORD WINAPI enter(LPVOID entered) {
  WaitForSingleObject(semaphore, INFINITE);
  if (InterlockedIncrement(&inside) == 2) SetEvent(entered);
  return 0;
}

int main(void) {
  create(0, 0);
  create(-1, 1);
  create(2, 1);
  create(1, 1);
  semaphore = CreateSemaphoreExW(NULL, 1, 3, NULL, 0, SEMAPHORE_ALL_ACCESS);
  release(1);
  release(2);
  release(0);
  release(-1);
  release(1);
  DWORD looks[4];
  for (int i = 0; i < 4; i++) looks[i] = WaitForSingleObject(semaphore, 0);
  printf("looks: %lu %lu %lu %lu\n", looks[0], looks[1], looks[2], looks[3]);

  HANDLE entered = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE threads[3];
  for (int i = 0; i < 3; i++) threads[i] = CreateThread(NULL, 0, enter, entered, 0, NULL);
  ReleaseSemaphore(semaphore, 2, NULL);
  WaitForSingleObject(entered, INFINITE);
  printf("all three are through: %lu\n", WaitForMultipleObjects(3, threads, TRUE, 0));
  ReleaseSemaphore(semaphore, 1, NULL);
  printf("all three are through: %lu\n", WaitForMultipleObjects(3, threads, TRUE, INFINITE));
  release(3);
  HANDLE pair[2] = {semaphore, entered};
  printf("all of semaphore and event: %lu\n", WaitForMultipleObjects(2, pair, TRUE, 0));
  release(2);
  release(1);
  for (int i = 0; i < 3; i++) CloseHandle(threads[i]);
  CloseHandle(entered);
  CloseHandle(semaphore);
  return 0;
}
