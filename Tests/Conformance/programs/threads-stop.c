// SuspendThread, ResumeThread and TerminateThread of threads that run: in a loop, in waits, in a call that waits for
// its read, owning a mutex, held already.
#include <stdio.h>
#include <windows.h>

static volatile LONG turns, after;
static HANDLE event, ready, mutex, reader, writer, port;

static DWORD WINAPI turn(LPVOID parameter) {
  if (parameter) WaitForSingleObject(mutex, INFINITE);
  SetEvent(ready);
  for (;;) InterlockedIncrement(&turns);
  return 0;
}

static DWORD WINAPI wait_once(LPVOID parameter) {
  SetEvent(ready);
  DWORD result = WaitForSingleObject(event, INFINITE);
  InterlockedIncrement(&after);
  return parameter ? 99 : result + 5;
}

static DWORD WINAPI sleep_long(LPVOID parameter) {
  (void)parameter;
  SetEvent(ready);
  Sleep(INFINITE);
  InterlockedIncrement(&after);
  return 1;
}

static DWORD WINAPI read_one(LPVOID parameter) {
  char byte;
  DWORD bytes = 0;
  (void)parameter;
  SetEvent(ready);
  ReadFile(reader, &byte, 1, &bytes, NULL);
  InterlockedIncrement(&after);
  return 2;
}

static DWORD WINAPI get_packet(LPVOID parameter) {
  DWORD bytes;
  ULONG_PTR key;
  OVERLAPPED *overlapped;
  (void)parameter;
  SetEvent(ready);
  GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
  InterlockedIncrement(&after);
  return 3;
}

static DWORD WINAPI suspend_self(LPVOID parameter) {
  (void)parameter;
  SetEvent(ready);
  return SuspendThread(GetCurrentThread()) + 40;
}

static HANDLE start(LPTHREAD_START_ROUTINE routine, int parameter) {
  HANDLE thread = CreateThread(NULL, 0, routine, (LPVOID)(ULONG_PTR)parameter, 0, NULL);
  WaitForSingleObject(ready, INFINITE);
  Sleep(20); // so that it has come to where it waits
  return thread;
}

static int is_still(void) {
  LONG before = turns;
  Sleep(30);
  return turns == before;
}

/// Ends a thread and says what is known of that.
static void end(const char *what, HANDLE thread, DWORD code) {
  DWORD found = 0;
  BOOL done = TerminateThread(thread, code);
  DWORD wait = WaitForSingleObject(thread, 10000);
  GetExitCodeThread(thread, &found);
  printf("%s: %d wait %lu code %lu\n", what, done, wait, found);
  CloseHandle(thread);
}

static void suspend_running(void) {
  HANDLE thread = start(turn, 0);
  printf("suspend: %ld\n", (long)(LONG)SuspendThread(thread));
  printf("it stands still: %d\n", is_still());
  printf("again: %ld\n", (long)(LONG)SuspendThread(thread));
  printf("resume: %ld\n", (long)(LONG)ResumeThread(thread));
  printf("it stands still: %d\n", is_still());
  printf("resume: %ld\n", (long)(LONG)ResumeThread(thread));
  while (is_still()) continue;
  printf("it runs\n");
  printf("resume: %ld\n", (long)(LONG)ResumeThread(thread));
  for (int i = 0; i < 100; i++) {
    SuspendThread(thread);
    ResumeThread(thread);
  }
  DWORD last = 0;
  int count = 0;
  while ((last = SuspendThread(thread)) != (DWORD)-1) count++;
  printf("at most: %d, error %lu\n", count, GetLastError());
  end("terminate a held thread", thread, 11);
}

static void suspend_waiting(void) {
  DWORD code = 0;
  HANDLE thread = start(wait_once, 0);
  printf("suspend a waiting thread: %ld\n", (long)(LONG)SuspendThread(thread));
  SetEvent(event);
  printf("it stays: %lu after %ld\n", WaitForSingleObject(thread, 30), after);
  printf("resume: %ld\n", (long)(LONG)ResumeThread(thread));
  printf("it goes on: %lu", WaitForSingleObject(thread, INFINITE));
  GetExitCodeThread(thread, &code);
  printf(" code %lu\n", code);
  CloseHandle(thread);

  thread = start(suspend_self, 0);
  printf("it has suspended itself: %lu\n", WaitForSingleObject(thread, 30));
  printf("resume: %ld\n", (long)(LONG)ResumeThread(thread));
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("code %lu\n", code);
  CloseHandle(thread);
}

int main(void) {
  char byte = 'x', got = 0;
  DWORD bytes = 0;
  event = CreateEventA(NULL, FALSE, FALSE, NULL);
  ready = CreateEventA(NULL, FALSE, FALSE, NULL);
  mutex = CreateMutexA(NULL, FALSE, NULL);
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  CreatePipe(&reader, &writer, NULL, 0);
  suspend_running();
  suspend_waiting();
  after = 0;

  end("terminate in a loop", start(turn, 0), 21);
  end("terminate the owner of a mutex", start(turn, 1), 22);
  printf("the mutex: %lu\n", WaitForSingleObject(mutex, 1000));
  end("terminate in a wait", start(wait_once, 1), 23);
  SetEvent(event);
  printf("the signal is there: %lu\n", WaitForSingleObject(event, 1000));
  end("terminate in a sleep", start(sleep_long, 0), 24);
  end("terminate in a read", start(read_one, 0), 25);
  WriteFile(writer, &byte, 1, &bytes, NULL);
  ReadFile(reader, &got, 1, &bytes, NULL);
  printf("the byte is there: %c\n", got);
  end("terminate at a port", start(get_packet, 0), 26);
  PostQueuedCompletionStatus(port, 7, 8, NULL);
  ULONG_PTR key = 0;
  OVERLAPPED *overlapped;
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 1000);
  printf("the packet is there: %d %lu\n", done, bytes);
  printf("none went on: %ld\n", after);
  return 0;
}
