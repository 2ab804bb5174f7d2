// A thread that has blocked all signals cannot be stopped: SuspendThread and TerminateThread say so and return. Later
// it can.
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <windows.h>

static _Atomic int stage;

static DWORD WINAPI run(LPVOID unused) {
  sigset_t all;
  (void)unused;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, NULL);
  stage = 1;
  while (stage == 1) continue;
  pthread_sigmask(SIG_UNBLOCK, &all, NULL);
  stage = 3;
  while (stage == 3) continue;
  return 4;
}

int main(void) {
  HANDLE thread = CreateThread(NULL, 0, run, NULL, 0, NULL);
  while (stage != 1) SwitchToThread();
  DWORD count = SuspendThread(thread);
  printf("deaf: %d error %lu\n", (int)count, GetLastError());
  stage = 2;
  while (stage != 3) SwitchToThread();
  count = SuspendThread(thread);
  printf("hearing: %d, resumed %d\n", (int)count, (int)ResumeThread(thread));
  stage = 4;
  WaitForSingleObject(thread, INFINITE);
  printf("code %d", GetExitCodeThread(thread, &count));
  printf(" %lu\n", count);
  return 0;
}
