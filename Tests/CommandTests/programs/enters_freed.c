// Two threads share a critical section that the last one gives back; who counts down first may still enter it. With
// RIGHT each counts down last.
#include <stdlib.h>
#include <windows.h>

typedef struct shared {
  CRITICAL_SECTION section;
  int value;
} shared;

static LONG users = 2;

static void use(shared *own) {
  EnterCriticalSection(&own->section);
  own->value++;
  LeaveCriticalSection(&own->section);
}

static DWORD WINAPI run(void *context) {
  shared *own = context;
#ifdef RIGHT
  use(own);
#endif
  if (InterlockedDecrement(&users) == 0) {
    DeleteCriticalSection(&own->section);
    free(own);
    return 0;
  }
#ifndef RIGHT
  use(own);
#endif
  return 0;
}

int main(void) {
  shared *made = calloc(1, sizeof *made);
  InitializeCriticalSection(&made->section);
  HANDLE threads[2];
  for (int i = 0; i < 2; i++) threads[i] = CreateThread(NULL, 0, run, made, 0, NULL);
  WaitForMultipleObjects(2, threads, TRUE, INFINITE);
  for (int i = 0; i < 2; i++) CloseHandle(threads[i]);
  return 0;
}
