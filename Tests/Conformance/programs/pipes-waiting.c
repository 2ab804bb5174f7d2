// Calls on overlapped pipe ends without an OVERLAPPED wait for their end; ends that are not overlapped take one too.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-waiting"

static HANDLE server;
static char client_read[128];

static DWORD WINAPI use(LPVOID parameter) {
  (void)parameter;
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  OVERLAPPED overlapped = {0};
  char buffer[8] = {0};
  DWORD bytes = 77, sent = 0;
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  BOOL done = ReadFile(client, buffer, sizeof buffer, &bytes, &overlapped);
  sprintf(client_read, "client read: %d, %u \"%s\", status 0x%08x, %u, event %d\n", done, (unsigned)bytes, buffer,
          (unsigned)overlapped.Internal, (unsigned)overlapped.InternalHigh,
          WaitForSingleObject(overlapped.hEvent, 0) == WAIT_OBJECT_0);
  done = WriteFile(client, "answer", 6, &sent, NULL);
  CloseHandle(overlapped.hEvent);
  CloseHandle(client);
  return (DWORD)done;
}

int main(void) {
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  HANDLE thread = CreateThread(NULL, 0, use, NULL, 0, NULL);
  BOOL done = ConnectNamedPipe(server, NULL);
  printf("connected: %d\n", done || GetLastError() == ERROR_PIPE_CONNECTED);
  DWORD bytes = 77;
  done = WriteFile(server, "hello", 5, &bytes, NULL);
  printf("write: %d, %u\n", done, (unsigned)bytes);
  char buffer[8] = {0};
  done = ReadFile(server, buffer, sizeof buffer, &bytes, NULL);
  printf("read: %d, %u \"%s\"\n", done, (unsigned)bytes, buffer);
  WaitForSingleObject(thread, INFINITE);
  printf("%s", client_read);
  done = ReadFile(server, buffer, sizeof buffer, &bytes, NULL);
  printf("read at the end: %d, error %u\n", done, (unsigned)GetLastError());
  CloseHandle(thread);
  CloseHandle(server);
  return 0;
}
