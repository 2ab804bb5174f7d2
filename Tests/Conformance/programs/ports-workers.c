// The usual server shape: worker threads on one port, work posted by several producers, one NULL packet each to stop.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#define WORKERS 4
#define PRODUCERS 3
#define PER_PRODUCER 500

struct job {
  OVERLAPPED overlapped;
  int number;
};

static HANDLE port;
static volatile LONG handled, wrong_key;
static volatile LONG64 sum;

static DWORD WINAPI worker(LPVOID parameter) {
  (void)parameter;
  for (;;) {
    DWORD bytes;
    ULONG_PTR key;
    LPOVERLAPPED overlapped;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE)) return 1;
    if (!overlapped) return 0;
    struct job *job = CONTAINING_RECORD(overlapped, struct job, overlapped);
    if (key != (ULONG_PTR)(job->number % 7)) InterlockedIncrement(&wrong_key);
    InterlockedExchangeAdd64(&sum, job->number + (LONG64)bytes);
    InterlockedIncrement(&handled);
    free(job);
  }
}

static DWORD WINAPI producer(LPVOID parameter) {
  int first = (int)(INT_PTR)parameter * PER_PRODUCER;
  for (int i = first; i < first + PER_PRODUCER; i++) {
    struct job *job = calloc(1, sizeof *job);
    job->number = i;
    if (!PostQueuedCompletionStatus(port, 2, (ULONG_PTR)(i % 7), &job->overlapped)) return 1;
  }
  return 0;
}

int main(void) {
  HANDLE workers[WORKERS], producers[PRODUCERS];
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
  for (int i = 0; i < WORKERS; i++) workers[i] = CreateThread(NULL, 0, worker, NULL, 0, NULL);
  for (int i = 0; i < PRODUCERS; i++) producers[i] = CreateThread(NULL, 0, producer, (LPVOID)(INT_PTR)i, 0, NULL);
  printf("producers: %lu\n", WaitForMultipleObjects(PRODUCERS, producers, TRUE, INFINITE));
  for (int i = 0; i < WORKERS; i++) PostQueuedCompletionStatus(port, 0, 0, NULL);
  printf("workers: %lu\n", WaitForMultipleObjects(WORKERS, workers, TRUE, INFINITE));
  DWORD codes = 0, code;
  for (int i = 0; i < WORKERS; i++) {
    GetExitCodeThread(workers[i], &code);
    codes += code;
    CloseHandle(workers[i]);
  }
  for (int i = 0; i < PRODUCERS; i++) CloseHandle(producers[i]);
  printf("exit codes %lu, handled %ld, wrong keys %ld, sum %lld\n", codes, handled, wrong_key, sum);
  CloseHandle(port);
  return 0;
}
