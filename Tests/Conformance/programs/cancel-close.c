// Closing one of two handles of a pipe end cancels nothing; closing the last one ends what is pending.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-cancel-close"

int main(void) {
  OVERLAPPED overlapped = {0};
  char buffer[8] = {0};
  DWORD bytes = 0;
  HANDLE copy = NULL;
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  printf("duplicate: %d\n",
         DuplicateHandle(GetCurrentProcess(), server, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
  ReadFile(server, buffer, sizeof buffer, NULL, &overlapped);
  CloseHandle(server);
  printf("one of two closed, pending: %d\n", !HasOverlappedIoCompleted(&overlapped));
  WriteFile(client, "abc", 3, &bytes, NULL);
  BOOL done = GetOverlappedResult(copy, &overlapped, &bytes, TRUE);
  printf("served: %d, %u bytes \"%s\"\n", done, (unsigned)bytes, buffer);

  ReadFile(copy, buffer, sizeof buffer, NULL, &overlapped);
  printf("cancel through the copy: %d\n", CancelIo(copy));
  done = GetOverlappedResult(copy, &overlapped, &bytes, TRUE);
  printf("cancelled: %d, error %u\n", done, (unsigned)GetLastError());
  ReadFile(copy, buffer, sizeof buffer, NULL, &overlapped);
  CloseHandle(copy);
  printf("the last closed: event %s, status 0x%08x\n",
         WaitForSingleObject(overlapped.hEvent, 1000) == WAIT_OBJECT_0 ? "set" : "reset",
         (unsigned)overlapped.Internal);
  done = WriteFile(client, "abc", 3, &bytes, NULL);
  printf("the client writes: %d, error %u\n", done, (unsigned)GetLastError());
  CloseHandle(client);
  CloseHandle(overlapped.hEvent);
  return 0;
}
