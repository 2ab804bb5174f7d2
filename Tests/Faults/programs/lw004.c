// A packet is posted for a block that is freed before the packet is seen: LW004 unexpected-event.
#include <windows.h>

int main(void) {
  HANDLE heap = GetProcessHeap();
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  OVERLAPPED *operation = HeapAlloc(heap, HEAP_ZERO_MEMORY, sizeof *operation);
  PostQueuedCompletionStatus(port, 0, 0, operation);
  HeapFree(heap, 0, operation);
  DWORD bytes;
  ULONG_PTR key;
  OVERLAPPED *completed;
  GetQueuedCompletionStatus(port, &bytes, &key, &completed, INFINITE);
  CloseHandle(port);
  return 0;
}
