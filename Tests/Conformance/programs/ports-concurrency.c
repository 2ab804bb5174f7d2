// A port for one thread: while a thread that took a packet runs, no other gets one, although it waits for it; it does
// once the first waits for something else, or comes back, or ends.
// wine-differs: Wine ignores the concurrency value; the rule is that of the page of I/O Completion Ports, "Threads and
// Concurrency"
#include <stdio.h>
#include <windows.h>

static HANDLE port, got;
static volatile LONG packets;

static DWORD get(DWORD ms) {
  DWORD bytes = 0;
  ULONG_PTR key;
  LPOVERLAPPED overlapped;
  return GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, ms) ? bytes : 0;
}

/// Work that never waits, for longer than a packet needs to reach a thread.
static void run(void) {
  for (volatile int i = 0; i < 50000000; i++) continue;
}

static DWORD WINAPI second(LPVOID parameter) {
  (void)parameter;
  while (get(INFINITE) != 99) {
    InterlockedIncrement(&packets);
    SetEvent(got);
  }
  return 0;
}

int main(void) {
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  got = CreateEvent(NULL, FALSE, FALSE, NULL);
  PostQueuedCompletionStatus(port, 1, 0, NULL);
  printf("the first thread has packet %lu\n", get(INFINITE));
  HANDLE thread = CreateThread(NULL, 0, second, NULL, 0, NULL);
  Sleep(50);
  PostQueuedCompletionStatus(port, 2, 0, NULL);
  run();
  printf("it runs: the other has %ld\n", packets);
  WaitForSingleObject(got, INFINITE);
  printf("it waits: the other has %ld\n", packets);
  Sleep(50); // the other waits at the port again
  PostQueuedCompletionStatus(port, 3, 0, NULL);
  run();
  printf("it runs again: the other has %ld\n", packets);
  printf("it takes packet %lu itself\n", get(0));
  PostQueuedCompletionStatus(port, 4, 0, NULL);
  run();
  printf("it runs on: the other has %ld\n", packets);
  WaitForSingleObject(got, INFINITE);
  printf("it waits again: the other has %ld\n", packets);
  PostQueuedCompletionStatus(port, 99, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(got);
  CloseHandle(port);
  return 0;
}
