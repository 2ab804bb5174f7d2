// One-time initialization: by one of many threads, tried again after a failure, and in two calls.
#include <stdio.h>
#include <windows.h>

static INIT_ONCE once = INIT_ONCE_STATIC_INIT, by_hand;
static volatile LONG attempts;
static LONG value;

static BOOL CALLBACK initialize(PINIT_ONCE which, PVOID parameter, PVOID *context) {
  (void)which;
  if (InterlockedIncrement(&attempts) == 1) return FALSE;
  Sleep(5);
  value = 42;
  *context = parameter;
  return TRUE;
}

static DWORD WINAPI asks(LPVOID parameter) {
  PVOID context = NULL;
  (void)parameter;
  if (!InitOnceExecuteOnce(&once, initialize, &value, &context)) return 1000;
  return context == &value ? (DWORD)value : 2000;
}

/// Two at it at the same time: the first that completes has done it.
static void race(void) {
  INIT_ONCE once = INIT_ONCE_STATIC_INIT;
  BOOL pending = FALSE;
  PVOID context = NULL;
  SetLastError(0);
  BOOL done = InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context);
  printf("one races: %d pending %d\n", done, pending);
  done = InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context);
  printf("another: %d pending %d\n", done, pending);
  done = InitOnceBeginInitialize(&once, 0, &pending, &context);
  printf("one that would wait: %d error %lu\n", done, GetLastError());
  done = InitOnceComplete(&once, INIT_ONCE_ASYNC | INIT_ONCE_INIT_FAILED, NULL);
  printf("failed: %d error %lu\n", done, GetLastError());
  printf("the other is first: %d\n", InitOnceComplete(&once, INIT_ONCE_ASYNC, &value));
  done = InitOnceComplete(&once, INIT_ONCE_ASYNC, &once);
  printf("the one is late: %d error %lu\n", done, GetLastError());
  done = InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context);
  printf("done: %d pending %d context %d\n", done, pending, context == &value);
}

int main(void) {
  HANDLE threads[5];
  DWORD sum = 0, code;
  for (int i = 0; i < 5; i++) threads[i] = CreateThread(NULL, 0, asks, NULL, 0, NULL);
  WaitForMultipleObjects(5, threads, TRUE, INFINITE);
  for (int i = 0; i < 5; i++) {
    GetExitCodeThread(threads[i], &code);
    CloseHandle(threads[i]);
    sum += code;
  }
  printf("sum %lu after %ld attempts\n", sum, attempts);

  BOOL pending = FALSE, done;
  PVOID context = NULL;
  InitOnceInitialize(&by_hand);
  SetLastError(0);
  done = InitOnceBeginInitialize(&by_hand, INIT_ONCE_CHECK_ONLY, &pending, &context);
  printf("only asked: %d error %lu\n", done, GetLastError());
  done = InitOnceBeginInitialize(&by_hand, 0, &pending, &context);
  printf("begun: %d pending %d\n", done, pending);
  printf("failed: %d\n", InitOnceComplete(&by_hand, INIT_ONCE_INIT_FAILED, NULL));
  done = InitOnceBeginInitialize(&by_hand, 0, &pending, &context);
  printf("begun again: %d pending %d\n", done, pending);
  printf("complete: %d\n", InitOnceComplete(&by_hand, 0, &value));
  context = NULL;
  done = InitOnceBeginInitialize(&by_hand, 0, &pending, &context);
  printf("begun once more: %d pending %d context %d\n", done, pending, context == &value);
  context = NULL;
  done = InitOnceBeginInitialize(&by_hand, INIT_ONCE_CHECK_ONLY, &pending, &context);
  printf("only asked: %d pending %d context %d\n", done, pending, context == &value);
  race();
  return 0;
}
