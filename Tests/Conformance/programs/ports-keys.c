// Several files on one port: each packet has the key of its file, and statuses come through the array form too.
#include <stdio.h>
#include <windows.h>

#define FILES 3

int main(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1), servers[FILES], clients[FILES];
  OVERLAPPED reads[FILES] = {{0}};
  char buffers[FILES][16], name[64];
  for (int i = 0; i < FILES; i++) {
    snprintf(name, sizeof name, "\\\\.\\pipe\\ports-keys-%d", i);
    servers[i] =
        CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 512, 512, 0, NULL);
    clients[i] = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    CreateIoCompletionPort(servers[i], port, (ULONG_PTR)(100 + i), 0);
    BOOL done = ReadFile(servers[i], buffers[i], sizeof buffers[i], NULL, &reads[i]);
    printf("read %d: %d error %lu\n", i, done, done ? 0 : GetLastError());
  }
  for (int i = FILES - 1; i > 0; i--) {
    DWORD written;
    WriteFile(clients[i], "abcdef", (DWORD)(2 * i), &written, NULL);
    while (!HasOverlappedIoCompleted(&reads[i])) Sleep(1);
  }
  CloseHandle(clients[0]);
  while (!HasOverlappedIoCompleted(&reads[0])) Sleep(1);
  OVERLAPPED_ENTRY entries[10];
  ULONG count = 0, total = 0;
  while (total < FILES && GetQueuedCompletionStatusEx(port, entries + total, 10 - total, &count, 1000, FALSE))
    total += count;
  for (ULONG i = 0; i < total; i++)
    printf("key %d bytes %lu status %llx is read %d\n", (int)entries[i].lpCompletionKey,
           entries[i].dwNumberOfBytesTransferred, (unsigned long long)(ULONG)entries[i].Internal,
           (int)(entries[i].lpOverlapped - reads));
  for (int i = 0; i < FILES; i++) {
    CloseHandle(servers[i]);
    if (i > 0) CloseHandle(clients[i]);
  }
  CloseHandle(port);
  return 0;
}
