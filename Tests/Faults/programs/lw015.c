// Starts a second read with an OVERLAPPED whose first read is still pending: LW015 reused-while-lent.
#include <windows.h>

int main(void) {
  HANDLE heap = GetProcessHeap();
  HANDLE pipe = CreateNamedPipeA("\\\\.\\pipe\\lw015", PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64,
                                 64, 0, NULL);
  HANDLE client = CreateFileA("\\\\.\\pipe\\lw015", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  OVERLAPPED *operation = HeapAlloc(heap, HEAP_ZERO_MEMORY, sizeof *operation);
  char first[4], second[4];
  ReadFile(pipe, first, sizeof first, NULL, operation);
  ReadFile(pipe, second, sizeof second, NULL, operation);
  DWORD bytes;
  WriteFile(client, "one two ", 8, &bytes, NULL);
  GetOverlappedResult(pipe, operation, &bytes, TRUE);
  CloseHandle(client);
  CloseHandle(pipe);
  HeapFree(heap, 0, operation);
  return 0;
}
