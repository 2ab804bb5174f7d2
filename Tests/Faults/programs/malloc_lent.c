// LW001 in a Windows program: frees memory from malloc while a registered wait may still write into it.
#include <stdlib.h>
#include <windows.h>

#include <lw_overlapped.h>

int main(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL), wait;
  OVERLAPPED *overlapped = calloc(1, sizeof *overlapped);
  if (!lw_register_wait_with_queue(event, port, overlapped, INFINITE, 7, &wait)) return 2;
  free(overlapped);
  UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
}
