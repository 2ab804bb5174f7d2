// ReadFileEx and WriteFileEx on a disk file: the completion routine runs in an alertable wait of the thread.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static int calls;

static void CALLBACK done(DWORD error, DWORD bytes, LPOVERLAPPED overlapped) {
  calls++;
  printf("routine: error %lu, %lu bytes, number %d\n", error, bytes, (int)(INT_PTR)overlapped->hEvent);
}

/// Alertable waits until `count` routines have run.
static void wait_for(int count) {
  while (calls < count)
    if (SleepEx(5000, TRUE) != WAIT_IO_COMPLETION) {
      printf("nothing came\n");
      return;
    }
}

int main(void) {
  char text[32];
  HANDLE file = CreateFileA("lw-routines.tmp", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                            FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE, NULL);
  OVERLAPPED overlapped;
  memset(&overlapped, 0, sizeof overlapped);
  memset(text, 0, sizeof text);
  overlapped.hEvent = (HANDLE)(INT_PTR)1; // not used by the system, so it is the program's
  printf("write: %d\n", WriteFileEx(file, "0123456789", 10, &overlapped, done));
  Sleep(20);
  printf("not before an alertable wait: %d\n", calls);
  wait_for(1);
  overlapped.hEvent = (HANDLE)(INT_PTR)2;
  overlapped.Offset = 4;
  printf("read: %d\n", ReadFileEx(file, text, 4, &overlapped, done));
  wait_for(2);
  printf("[%s]\n", text);
  OVERLAPPED several[3];
  memset(several, 0, sizeof several);
  for (int i = 0; i < 3; i++) {
    several[i].hEvent = (HANDLE)(INT_PTR)(10 + i);
    several[i].Offset = 3 * i;
    ReadFileEx(file, text + 3 * i, 3, &several[i], done);
  }
  wait_for(5);
  printf("[%.9s]\n", text);
  SetLastError(0);
  BOOL refused = ReadFileEx(NULL, text, 4, &overlapped, done);
  printf("no file: %d error %lu\n", refused, GetLastError());
  CloseHandle(file);
  return 0;
}
