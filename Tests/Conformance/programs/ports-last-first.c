// Several threads wait at a port: the one that began to wait last gets the first packet.
// wine-differs: Wine serves its waiting threads first in, first out; Windows last in, first out (the page of I/O
// Completion Ports, "Threads and Concurrency")
#include <stdio.h>
#include <windows.h>

#define THREADS 4

static HANDLE port;

static DWORD WINAPI waits(LPVOID parameter) {
  DWORD bytes = 0;
  ULONG_PTR key;
  LPOVERLAPPED overlapped;
  (void)parameter;
  return GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE) ? bytes : 0;
}

int main(void) {
  HANDLE threads[THREADS];
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, THREADS);
  for (int i = 0; i < THREADS; i++) {
    threads[i] = CreateThread(NULL, 0, waits, NULL, 0, NULL);
    Sleep(100);
  }
  for (DWORD i = 1; i <= THREADS; i++) PostQueuedCompletionStatus(port, i, 0, NULL);
  WaitForMultipleObjects(THREADS, threads, TRUE, INFINITE);
  for (int i = 0; i < THREADS; i++) {
    DWORD code;
    GetExitCodeThread(threads[i], &code);
    printf("thread %d got packet %lu\n", i, code);
    CloseHandle(threads[i]);
  }
  CloseHandle(port);
  return 0;
}
