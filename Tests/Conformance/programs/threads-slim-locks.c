// Slim reader-writer locks: readers together, a writer alone, and what trying answers.
#include <stdio.h>
#include <windows.h>

static SRWLOCK lock = SRWLOCK_INIT;
static volatile LONG readers, most_readers;
static LONG counter;
static HANDLE both_inside;

static DWORD WINAPI reads(LPVOID parameter) {
  (void)parameter;
  AcquireSRWLockShared(&lock);
  if (InterlockedIncrement(&readers) == 2) SetEvent(both_inside);
  WaitForSingleObject(both_inside, INFINITE);
  ReleaseSRWLockShared(&lock);
  return 0;
}

static DWORD WINAPI writes(LPVOID parameter) {
  (void)parameter;
  for (int i = 0; i < 3000; i++) {
    AcquireSRWLockExclusive(&lock);
    counter++;
    ReleaseSRWLockExclusive(&lock);
  }
  return 0;
}

static DWORD WINAPI tries(LPVOID parameter) {
  (void)parameter;
  BOOLEAN shared = TryAcquireSRWLockShared(&lock);
  if (shared) ReleaseSRWLockShared(&lock);
  BOOLEAN exclusive = TryAcquireSRWLockExclusive(&lock);
  if (exclusive) ReleaseSRWLockExclusive(&lock);
  return (DWORD)shared * 10 + exclusive;
}

static DWORD run(LPTHREAD_START_ROUTINE start, int count) {
  HANDLE threads[4];
  DWORD code = 0;
  for (int i = 0; i < count; i++) threads[i] = CreateThread(NULL, 0, start, NULL, 0, NULL);
  WaitForMultipleObjects(count, threads, TRUE, INFINITE);
  GetExitCodeThread(threads[0], &code);
  for (int i = 0; i < count; i++) CloseHandle(threads[i]);
  return code;
}

int main(void) {
  both_inside = CreateEvent(NULL, TRUE, FALSE, NULL);
  run(reads, 2);
  printf("two readers were inside at a time\n");
  run(writes, 4);
  printf("counted %ld\n", counter);
  printf("free: %02lu\n", run(tries, 1));
  AcquireSRWLockShared(&lock);
  printf("read: %02lu\n", run(tries, 1));
  ReleaseSRWLockShared(&lock);
  AcquireSRWLockExclusive(&lock);
  printf("written: %02lu\n", run(tries, 1));
  ReleaseSRWLockExclusive(&lock);
  InitializeSRWLock(&lock);
  printf("free: %02lu\n", run(tries, 1));
  CloseHandle(both_inside);
  return 0;
}
