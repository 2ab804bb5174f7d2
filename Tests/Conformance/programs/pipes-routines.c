// ReadFileEx and WriteFileEx: their routines run in alertable waits of the thread that started them, in order.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-routines"

static OVERLAPPED reading, writing;
static char buffer[16];

static void WINAPI ended(DWORD error, DWORD bytes, LPOVERLAPPED overlapped) {
  printf("  %s ended: error %u, %u bytes, status 0x%08x\n", overlapped == &reading ? "read" : "write", (unsigned)error,
         (unsigned)bytes, (unsigned)overlapped->Internal);
}

static void tell(const char *what, BOOL done) { printf("%s: %d, error %u\n", what, done, (unsigned)GetLastError()); }

static void sleep_alertable(void) { printf("sleep: %u\n", (unsigned)SleepEx(0, TRUE)); }

int main(void) {
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                   PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 64, 64, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  reading.hEvent = writing.hEvent = (HANDLE)0x77; // theirs to use
  SetLastError(0);
  tell("read", ReadFileEx(server, buffer, 8, &reading, ended));
  sleep_alertable();
  tell("write", WriteFileEx(client, "abc", 3, &writing, ended));
  printf("not alertable: %u\n", (unsigned)SleepEx(0, FALSE));
  sleep_alertable();
  sleep_alertable();

  WriteFileEx(client, "0123456789", 10, &writing, ended);
  sleep_alertable();
  SetLastError(0);
  tell("read a part", ReadFileEx(server, buffer, 4, &reading, ended));
  sleep_alertable();
  DWORD bytes = 0;
  reading.hEvent = NULL;
  BOOL done = ReadFile(server, buffer, 8, &bytes, &reading);
  printf("the rest: %d, %u\n", done, (unsigned)bytes);
  SetLastError(0);
  tell("read", ReadFileEx(server, buffer, 8, &reading, ended));
  tell("cancel", CancelIo(server));
  printf("wait on the file: %u\n", (unsigned)WaitForSingleObjectEx(server, 1000, TRUE));
  printf("sleep: %u\n", (unsigned)SleepEx(1000, TRUE));
  tell("read", ReadFileEx(server, buffer, 8, &reading, ended));
  CloseHandle(client);
  printf("sleep: %u\n", (unsigned)SleepEx(1000, TRUE));
  done = ReadFileEx(server, buffer, 8, &reading, ended);
  tell("read from nobody", done);
  sleep_alertable();
  CloseHandle(server);
  return 0;
}
