// SignalObjectAndWait with an event, a semaphore and a mutex, and what it cannot signal.
#include <stdio.h>
#include <windows.h>

static HANDLE question, answer, mutex;

static DWORD WINAPI reply(LPVOID parameter) {
  (void)parameter;
  for (int i = 0; i < 3; i++) {
    WaitForSingleObject(question, INFINITE);
    SetEvent(answer);
  }
  return 0;
}

static void say(const char *name, DWORD result) {
  DWORD error = GetLastError();
  printf("%s: %lu, error %lu\n", name, result, error);
  SetLastError(0);
}

int main(void) {
  question = CreateEventA(NULL, FALSE, FALSE, NULL);
  answer = CreateEventA(NULL, FALSE, FALSE, NULL);
  mutex = CreateMutexA(NULL, TRUE, NULL);
  HANDLE semaphore = CreateSemaphoreA(NULL, 0, 1, NULL);
  HANDLE thread = CreateThread(NULL, 0, reply, NULL, 0, NULL);
  SetLastError(0);
  for (int i = 0; i < 3; i++) say("question and answer", SignalObjectAndWait(question, answer, INFINITE, FALSE));
  say("no further answer", SignalObjectAndWait(question, answer, 0, FALSE));
  say("semaphore, waited for itself", SignalObjectAndWait(semaphore, semaphore, 0, FALSE));
  say("semaphore", SignalObjectAndWait(semaphore, thread, INFINITE, FALSE));
  say("semaphore, full", SignalObjectAndWait(semaphore, thread, 0, FALSE));
  say("mutex", SignalObjectAndWait(mutex, thread, 0, FALSE));
  say("mutex, not owned", SignalObjectAndWait(mutex, thread, 0, FALSE));
  say("a thread", SignalObjectAndWait(thread, semaphore, 0, FALSE));
  say("nothing", SignalObjectAndWait(NULL, semaphore, 0, FALSE));
  say("wait for nothing", SignalObjectAndWait(answer, NULL, 0, FALSE));
  printf("nothing was signalled by that: %lu\n", WaitForSingleObject(answer, 0));
  HANDLE waits = NULL;
  DuplicateHandle(GetCurrentProcess(), answer, GetCurrentProcess(), &waits, SYNCHRONIZE, FALSE, 0);
  SetLastError(0);
  say("without the right to set", SignalObjectAndWait(waits, semaphore, 0, FALSE));
  CloseHandle(waits);
  CloseHandle(question);
  CloseHandle(answer);
  CloseHandle(mutex);
  CloseHandle(semaphore);
  CloseHandle(thread);
  return 0;
}
