// Posted packets: first in, first out; any three values, unlooked at; what a timeout leaves untouched.
#include <stdio.h>
#include <windows.h>

static void get(HANDLE port, DWORD ms) {
  DWORD bytes = 0xdead;
  ULONG_PTR key = 0xbeef;
  LPOVERLAPPED overlapped = (LPOVERLAPPED)0x1234;
  SetLastError(0xf00);
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, ms);
  DWORD error = done ? 0 : GetLastError();
  printf("got %d: bytes %lu key %llx overlapped %llx error %lu\n", done, bytes, (unsigned long long)key,
         (unsigned long long)(ULONG_PTR)overlapped, error);
}

int main(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  printf("port: %d\n", port != NULL);
  get(port, 0);
  printf("post: %d\n", PostQueuedCompletionStatus(port, 1, 2, NULL));
  printf("post: %d\n", PostQueuedCompletionStatus(port, 0xffffffff, (ULONG_PTR)-1, (LPOVERLAPPED)0x100));
  printf("post: %d\n", PostQueuedCompletionStatus(port, 0, 0, (LPOVERLAPPED)(ULONG_PTR)-1));
  for (DWORD i = 0; i < 5; i++) PostQueuedCompletionStatus(port, i, i * 10, NULL);
  for (int i = 0; i < 8; i++) get(port, INFINITE);
  get(port, 0);
  get(port, 10);

  SetLastError(0);
  printf("post to NULL: %d", PostQueuedCompletionStatus(NULL, 1, 2, NULL));
  printf(" error %lu\n", GetLastError());
  get(NULL, 0);
  HANDLE event = CreateEvent(NULL, TRUE, TRUE, NULL);
  SetLastError(0);
  printf("post to an event: %d", PostQueuedCompletionStatus(event, 1, 2, NULL));
  printf(" error %lu\n", GetLastError());
  get(event, 0);

  PostQueuedCompletionStatus(port, 9, 9, NULL);
  printf("close with a packet: %d\n", CloseHandle(port));
  get(port, 0);
  SetLastError(0);
  printf("post to a closed one: %d", PostQueuedCompletionStatus(port, 1, 2, NULL));
  printf(" error %lu\n", GetLastError());
  CloseHandle(event);
  return 0;
}
