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
  return 0;
}
