// Handles of a pending operation are closed, and their values go to objects of the same types: the layer knows what the
// operation was started with.
#include <windows.h>

int main(void) {
  OVERLAPPED *overlapped = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *overlapped);
  HANDLE kept = NULL;
  DWORD bytes;
  HANDLE pipe = CreateNamedPipeA("\\\\.\\pipe\\lw009recycled", PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                 PIPE_TYPE_BYTE, 2, 64, 64, 0, NULL);
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  DuplicateHandle(GetCurrentProcess(), pipe, GetCurrentProcess(), &kept, 0, FALSE, DUPLICATE_SAME_ACCESS);
  overlapped->hEvent = event;
  ConnectNamedPipe(pipe, overlapped);
  CloseHandle(event);
  HANDLE other_event = CreateEventA(NULL, TRUE, FALSE, NULL);
  GetOverlappedResultEx(kept, overlapped, &bytes, 1, FALSE); // waits for an event that nobody sets
  CloseHandle(pipe);
  HANDLE other_pipe = CreateNamedPipeA("\\\\.\\pipe\\lw009recycled", PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                       PIPE_TYPE_BYTE, 2, 64, 64, 0, NULL);
  CancelIoEx(pipe, overlapped); // of a pipe on which nothing is pending
  CancelIoEx(kept, overlapped);
  while (!HasOverlappedIoCompleted(overlapped)) SwitchToThread();
  CloseHandle(kept);
  CloseHandle(other_pipe);
  CloseHandle(other_event);
  HeapFree(GetProcessHeap(), 0, overlapped);
  return 0;
}
