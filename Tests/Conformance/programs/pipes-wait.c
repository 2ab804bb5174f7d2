// WaitNamedPipe: a thread waits while all instances are busy and goes on when one listens.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-wait"
#define WIDE_NAME L"\\\\.\\pipe\\latewrite-WAIT"

static HANDLE ready;

static DWORD WINAPI wait(LPVOID parameter) {
  (void)parameter;
  SetEvent(ready);
  if (!WaitNamedPipeW(WIDE_NAME, NMPWAIT_WAIT_FOREVER)) return GetLastError();
  HANDLE client = CreateFileW(WIDE_NAME, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  if (client == INVALID_HANDLE_VALUE) return GetLastError();
  DWORD bytes = 0;
  WriteFile(client, "hello", 5, &bytes, NULL);
  CloseHandle(client);
  return 1000 + bytes;
}

int main(void) {
  ready = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE server = CreateNamedPipeW(WIDE_NAME, PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE, 1, 64, 64, 10, NULL);
  HANDLE first = CreateFileA(NAME, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  printf("first client: %d\n", first != INVALID_HANDLE_VALUE);
  BOOL done = WaitNamedPipeA(NAME, NMPWAIT_USE_DEFAULT_WAIT);
  printf("default time: %d, error %u\n", done, (unsigned)GetLastError());
  done = WaitNamedPipeA(NAME, NMPWAIT_NOWAIT);
  printf("no time: %d, error %u\n", done, (unsigned)GetLastError());

  HANDLE thread = CreateThread(NULL, 0, wait, NULL, 0, NULL);
  WaitForSingleObject(ready, INFINITE);
  printf("disconnect: %d\n", DisconnectNamedPipe(server));
  done = WaitNamedPipeA(NAME, 1);
  printf("disconnected, not listening: %d, error %u\n", done, (unsigned)GetLastError());
  printf("still waiting: %d\n", WaitForSingleObject(thread, 0) == WAIT_TIMEOUT);
  done = ConnectNamedPipe(server, NULL);
  printf("the waiting client came: %d\n", done || GetLastError() == ERROR_PIPE_CONNECTED);
  char buffer[8];
  DWORD bytes = 0, code = 0;
  done = ReadFile(server, buffer, sizeof buffer, &bytes, NULL);
  printf("read: %d, \"%.*s\"\n", done, (int)bytes, buffer);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("it ended with %u\n", (unsigned)code);
  CloseHandle(thread);
  CloseHandle(first);
  CloseHandle(server);
  done = WaitNamedPipeA(NAME, 1000);
  printf("no pipe: %d, error %u\n", done, (unsigned)GetLastError());
  done = WaitNamedPipeA("latewrite", 1000);
  printf("no pipe's name: %d\n", done);
  CloseHandle(ready);
  return 0;
}
