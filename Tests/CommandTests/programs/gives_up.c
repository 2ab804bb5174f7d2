// A request is given up when its answer does not come in time, and freed - while the worker that answers may still
// write into it. In the default order the answer comes in time.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

typedef struct request {
  OVERLAPPED overlapped;
  char answer[64];
} request;

static HANDLE go, port;

static DWORD WINAPI answer(void *argument) {
  request *asked = argument;
  WaitForSingleObject(go, INFINITE);
  asked->answer[0] = 'x';
  PostQueuedCompletionStatus(port, 1, 1, &asked->overlapped);
  return 0;
}

int main(void) {
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  go = CreateEventA(NULL, TRUE, FALSE, NULL);
  request *asked = calloc(1, sizeof *asked);
  HANDLE worker = CreateThread(NULL, 0, answer, asked, 0, NULL);
  SetEvent(go);
  DWORD bytes;
  ULONG_PTR key;
  OVERLAPPED *done;
  if (!GetQueuedCompletionStatus(port, &bytes, &key, &done, 10)) printf("given up\n");
  free(asked);
  WaitForSingleObject(worker, INFINITE);
  CloseHandle(worker);
  CloseHandle(go);
  CloseHandle(port);
  return 0;
}
