// GetQueuedCompletionStatusEx takes as many packets as there are and as fit, in their order.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void get(HANDLE port, ULONG room, DWORD ms, BOOL alertable) {
  OVERLAPPED_ENTRY entries[8];
  ULONG count = 77;
  memset(entries, 0xee, sizeof entries);
  SetLastError(0);
  BOOL done = GetQueuedCompletionStatusEx(port, entries, room, &count, ms, alertable);
  printf("room %lu: %d", room, done);
  if (!done) {
    printf(" error %lu\n", GetLastError());
    return;
  }
  printf(" count %lu:", count);
  for (ULONG i = 0; i < count; i++)
    printf(" (%llu %lu %d)", (unsigned long long)entries[i].lpCompletionKey, entries[i].dwNumberOfBytesTransferred,
           entries[i].lpOverlapped != NULL);
  printf(" | behind: %d\n", count == 8 || (int)((BYTE *)&entries[count])[0] == 0xee);
}

static HANDLE port;

static DWORD WINAPI posts(LPVOID parameter) {
  Sleep(20);
  PostQueuedCompletionStatus(port, 5, (ULONG_PTR)parameter, NULL);
  return 0;
}

int main(void) {
  OVERLAPPED overlapped;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  get(port, 4, 0, FALSE);
  get(port, 4, 10, FALSE);
  for (int i = 0; i < 10; i++) PostQueuedCompletionStatus(port, i * 100, i, i % 2 ? &overlapped : NULL);
  get(port, 1, 0, FALSE);
  get(port, 4, INFINITE, FALSE);
  get(port, 8, INFINITE, TRUE);
  get(port, 8, 0, TRUE);
  HANDLE thread = CreateThread(NULL, 0, posts, (LPVOID)9, 0, NULL);
  get(port, 8, INFINITE, FALSE);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  PostQueuedCompletionStatus(port, 1, 2, NULL);
  get(NULL, 3, 0, FALSE);
  HANDLE event = CreateEvent(NULL, TRUE, TRUE, NULL);
  get(event, 3, 0, FALSE);
  CloseHandle(event);
  DWORD bytes;
  ULONG_PTR key;
  LPOVERLAPPED ov;
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &ov, 0);
  printf("the packet is still there: %d %lu\n", done, bytes);
  CloseHandle(port);
  return 0;
}
