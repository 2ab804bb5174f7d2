// ReadFileEx and WriteFileEx of handles that are not overlapped: the call waits for the end, and the routine runs in
// the thread's next alertable wait.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-routines-synchronous"

static char buffer[32];
static OVERLAPPED overlapped;

static void CALLBACK ended(DWORD error, DWORD bytes, OVERLAPPED *of) {
  printf("  ended: error %lu, %lu bytes, status 0x%lx\n", error, bytes, (unsigned long)of->Internal);
}

static void begin(const char *what, BOOL done) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %lu [%.10s]\n", what, done, error, buffer);
  printf("  wait: %lu\n", SleepEx(0, TRUE));
  memset(buffer, 0, sizeof buffer);
}

static DWORD WINAPI write_later(LPVOID pipe) {
  DWORD bytes;
  Sleep(20);
  WriteFile(pipe, "later", 5, &bytes, NULL);
  return 0;
}

int main(void) {
  HANDLE file = CreateFileA("routines.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                            FILE_FLAG_DELETE_ON_CLOSE, NULL);
  begin("write", WriteFileEx(file, "0123456789", 10, &overlapped, ended));
  overlapped.Offset = 5;
  begin("read", ReadFileEx(file, buffer, 10, &overlapped, ended));
  overlapped.Offset = 10;
  begin("read at the end", ReadFileEx(file, buffer, 10, &overlapped, ended));
  overlapped.Offset = 0;
  CloseHandle(file);

  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, 0, 1, 64, 64, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  HANDLE thread = CreateThread(NULL, 0, write_later, client, 0, NULL);
  begin("read of a pipe", ReadFileEx(server, buffer, 8, &overlapped, ended));
  WaitForSingleObject(thread, INFINITE);
  begin("write to it", WriteFileEx(server, "abc", 3, &overlapped, ended));
  CloseHandle(client);
  begin("read when it is broken", ReadFileEx(server, buffer, 8, &overlapped, ended));
  CloseHandle(server);
  CloseHandle(thread);
  return 0;
}
