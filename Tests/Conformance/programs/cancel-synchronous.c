// CancelSynchronousIo ends the call that another thread waits in; nothing is found where no call waits.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-cancel-synchronous"

static HANDLE server;

static DWORD WINAPI read(LPVOID parameter) {
  (void)parameter;
  char buffer[8];
  DWORD bytes = 0;
  return ReadFile(server, buffer, sizeof buffer, &bytes, NULL) ? 1 : GetLastError();
}

int main(void) {
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  HANDLE thread = CreateThread(NULL, 0, read, NULL, 0, NULL);
  DWORD code = 0;
  int refused = 0;
  while (!CancelSynchronousIo(thread)) {
    refused += GetLastError() != ERROR_NOT_FOUND;
    Sleep(1);
  }
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("the read ended with error %u, other errors %d\n", (unsigned)code, refused);
  BOOL done = CancelSynchronousIo(thread);
  printf("of an ended thread: %d, error %u\n", done, (unsigned)GetLastError());
  CloseHandle(thread);
  done = CancelSynchronousIo(client);
  printf("of no thread: %d, error %u\n", done, (unsigned)GetLastError());
  done = CancelSynchronousIo(NULL);
  printf("of nothing: %d, error %u\n", done, (unsigned)GetLastError());
  CloseHandle(client);
  CloseHandle(server);
  return 0;
}
