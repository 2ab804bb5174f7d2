// The packet of an operation is seen while the operation's status is still pending: LW006 false-alarm.
#include <lw_win32.h>

int main(void) {
  HANDLE heap = GetProcessHeap();
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  OVERLAPPED *operation = HeapAlloc(heap, HEAP_ZERO_MEMORY, sizeof *operation);
  operation->Internal = STATUS_PENDING;
  lw_loan loan = lw_lend(operation, "ReadFile", 1, LW_HOLDER_PACKET, NULL);
  lw_post_packet(port, 0, 0, operation, loan); // and its status is never stored
  DWORD bytes;
  ULONG_PTR key;
  OVERLAPPED *completed;
  GetQueuedCompletionStatus(port, &bytes, &key, &completed, INFINITE);
  HeapFree(heap, 0, operation);
  CloseHandle(port);
  return 0;
}
