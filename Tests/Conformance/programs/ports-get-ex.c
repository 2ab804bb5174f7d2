// GetQueuedCompletionStatusEx: as many packets as there are and fit, in order; its refusals and its timeout.
#include <stdio.h>
#include <windows.h>

static OVERLAPPED_ENTRY entries[100];

static void get(HANDLE port, ULONG room, DWORD ms) {
  ULONG count = 77;
  SetLastError(0);
  BOOL done = GetQueuedCompletionStatusEx(port, entries, room, &count, ms, FALSE);
  if (!done) {
    printf("room %lu: 0 error %lu\n", room, GetLastError());
    return;
  }
  int in_order = 1;
  for (ULONG i = 1; i < count; i++) in_order &= entries[i].lpCompletionKey == entries[i - 1].lpCompletionKey + 1;
  printf("room %lu: count %lu, first key %d bytes %lu overlapped %d status %llx, in order %d\n", room, count,
         (int)entries[0].lpCompletionKey, entries[0].dwNumberOfBytesTransferred,
         (int)(ULONG_PTR)entries[0].lpOverlapped, (unsigned long long)(ULONG)entries[0].Internal, in_order);
}

static DWORD WINAPI posts(LPVOID port) {
  Sleep(20);
  return PostQueuedCompletionStatus((HANDLE)port, 9, 9, NULL);
}

int main(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1), closed;
  for (int i = 1; i <= 98; i++)
    PostQueuedCompletionStatus(port, (DWORD)i * 2, (ULONG_PTR)i, (LPOVERLAPPED)(ULONG_PTR)(i % 3));
  get(port, 1, 0);
  get(port, 5, INFINITE);
  get(port, 100, 0);
  get(port, 100, 0);
  get(port, 100, 10);
  HANDLE thread = CreateThread(NULL, 0, posts, port, 0, NULL);
  get(port, 100, INFINITE);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  PostQueuedCompletionStatus(port, 1, 1, NULL);
  get(NULL, 1, 0);
  HANDLE event = CreateEvent(NULL, TRUE, FALSE, NULL);
  get(event, 1, 0);
  CloseHandle(event);
  get(port, 1, 0);
  closed = port;
  CloseHandle(port);
  get(closed, 1, 0);
  return 0;
}
