// FlushFileBuffers waits until the other end has read everything.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-flush"

static DWORD WINAPI flush(LPVOID pipe) { return FlushFileBuffers(pipe) ? 1 : GetLastError(); }

static DWORD code_of(HANDLE thread) {
  DWORD code = 0;
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  CloseHandle(thread);
  return code;
}

int main(void) {
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  char buffer[8];
  DWORD bytes = 0;
  printf("nothing written: %d\n", FlushFileBuffers(server));
  WriteFile(server, "abcdef", 6, &bytes, NULL);
  HANDLE thread = CreateThread(NULL, 0, flush, server, 0, NULL);
  ReadFile(client, buffer, 4, &bytes, NULL);
  printf("read %u, flushing: %d\n", (unsigned)bytes, WaitForSingleObject(thread, 30) == WAIT_TIMEOUT);
  ReadFile(client, buffer, 4, &bytes, NULL);
  printf("read %u, flushed: %u\n", (unsigned)bytes, (unsigned)code_of(thread));
  CloseHandle(client);
  BOOL done = FlushFileBuffers(server);
  printf("the client has gone: %d, error %u\n", done, done ? 0 : (unsigned)GetLastError());
  DisconnectNamedPipe(server);
  done = FlushFileBuffers(server);
  printf("disconnected: %d, error %u\n", done, done ? 0 : (unsigned)GetLastError());
  CloseHandle(server);
  return 0;
}
