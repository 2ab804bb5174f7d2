// A mutex whose owner ends without releasing it is abandoned: the next wait gets it and is told so, once.
#include <stdio.h>
#include <windows.h>

static DWORD WINAPI take(LPVOID mutex) {
  WaitForSingleObject(mutex, INFINITE);
  WaitForSingleObject(mutex, INFINITE);
  return 0;
}

static DWORD WINAPI take_and_exit(LPVOID mutex) {
  WaitForSingleObject(mutex, INFINITE);
  ExitThread(3);
}

static void abandon(HANDLE mutex, LPTHREAD_START_ROUTINE how) {
  HANDLE thread = CreateThread(NULL, 0, how, mutex, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

int main(void) {
  HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  abandon(mutex, take);
  printf("abandoned: %lu\n", WaitForSingleObject(mutex, 0));
  printf("owned now: %lu\n", WaitForSingleObject(mutex, 0));
  BOOL done[3];
  for (int i = 0; i < 3; i++) done[i] = ReleaseMutex(mutex);
  printf("release: %d %d %d\n", done[0], done[1], done[2]);
  printf("no longer abandoned: %lu\n", WaitForSingleObject(mutex, 0));
  ReleaseMutex(mutex);

  abandon(mutex, take_and_exit);
  HANDLE pair[2] = {event, mutex};
  printf("any of event and mutex: %lu\n", WaitForMultipleObjects(2, pair, FALSE, 0));
  ReleaseMutex(mutex);
  abandon(mutex, take_and_exit);
  printf("all, the event not set: %lu\n", WaitForMultipleObjects(2, pair, TRUE, 0));
  SetEvent(event);
  printf("all: %lu\n", WaitForMultipleObjects(2, pair, TRUE, 0));
  printf("release: %d\n", ReleaseMutex(mutex));

  abandon(mutex, take);
  printf("signal and wait: %lu\n", SignalObjectAndWait(event, mutex, 0, FALSE));
  ReleaseMutex(mutex);
  CloseHandle(mutex);
  CloseHandle(event);
  return 0;
}
