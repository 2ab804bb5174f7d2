// Condition variables with either kind of lock: a bounded queue, waking one and all, and the time running out.
#include <stdio.h>
#include <windows.h>

#define ITEMS 400
#define ROOM 3

static CRITICAL_SECTION section;
static CONDITION_VARIABLE not_empty, not_full = CONDITION_VARIABLE_INIT;
static int queue[ROOM], first, held, closed;
static SRWLOCK gate = SRWLOCK_INIT;
static CONDITION_VARIABLE opened = CONDITION_VARIABLE_INIT;
static int is_open;

static DWORD WINAPI consumes(LPVOID parameter) {
  DWORD sum = 0;
  (void)parameter;
  for (;;) {
    EnterCriticalSection(&section);
    while (!held && !closed) SleepConditionVariableCS(&not_empty, &section, INFINITE);
    if (!held) {
      LeaveCriticalSection(&section);
      return sum;
    }
    sum += (DWORD)queue[first];
    first = (first + 1) % ROOM;
    held--;
    LeaveCriticalSection(&section);
    WakeConditionVariable(&not_full);
  }
}

static DWORD WINAPI passes(LPVOID parameter) {
  ULONG flags = parameter ? CONDITION_VARIABLE_LOCKMODE_SHARED : 0;
  if (flags)
    AcquireSRWLockShared(&gate);
  else
    AcquireSRWLockExclusive(&gate);
  while (!is_open) SleepConditionVariableSRW(&opened, &gate, INFINITE, flags);
  if (flags)
    ReleaseSRWLockShared(&gate);
  else
    ReleaseSRWLockExclusive(&gate);
  return 1;
}

static DWORD ended(HANDLE *threads, int count) {
  DWORD sum = 0, code;
  WaitForMultipleObjects(count, threads, TRUE, INFINITE);
  for (int i = 0; i < count; i++) {
    GetExitCodeThread(threads[i], &code);
    CloseHandle(threads[i]);
    sum += code;
  }
  return sum;
}

int main(void) {
  HANDLE threads[3];
  InitializeCriticalSectionEx(&section, 0, 0);
  InitializeConditionVariable(&not_empty);
  for (int i = 0; i < 3; i++) threads[i] = CreateThread(NULL, 0, consumes, NULL, 0, NULL);
  for (int i = 1; i <= ITEMS; i++) {
    EnterCriticalSection(&section);
    while (held == ROOM) SleepConditionVariableCS(&not_full, &section, INFINITE);
    queue[(first + held++) % ROOM] = i;
    LeaveCriticalSection(&section);
    WakeConditionVariable(&not_empty);
  }
  EnterCriticalSection(&section);
  closed = 1;
  LeaveCriticalSection(&section);
  WakeAllConditionVariable(&not_empty);
  printf("consumed %lu\n", ended(threads, 3));

  for (INT_PTR i = 0; i < 3; i++) threads[i] = CreateThread(NULL, 0, passes, (LPVOID)(i % 2), 0, NULL);
  AcquireSRWLockExclusive(&gate);
  is_open = 1;
  ReleaseSRWLockExclusive(&gate);
  WakeAllConditionVariable(&opened);
  printf("passed %lu\n", ended(threads, 3));

  EnterCriticalSection(&section);
  SetLastError(0);
  BOOL woken = SleepConditionVariableCS(&not_empty, &section, 20);
  printf("nobody wakes: %d error %lu\n", woken, GetLastError());
  LeaveCriticalSection(&section);
  AcquireSRWLockExclusive(&gate);
  SetLastError(0);
  woken = SleepConditionVariableSRW(&opened, &gate, 0, 0);
  printf("no time: %d error %lu\n", woken, GetLastError());
  printf("the lock is held again: %d\n", !TryAcquireSRWLockExclusive(&gate));
  ReleaseSRWLockExclusive(&gate);
  WakeConditionVariable(&opened);
  WakeAllConditionVariable(&opened);
  DeleteCriticalSection(&section);
  return 0;
}
