// GetOverlappedResult: of what is pending, of what ended well and badly, again and again, with a time limit.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-results"

static void tell(const char *what, BOOL done, DWORD bytes) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u, %u bytes\n", what, done, (unsigned)error, (unsigned)bytes);
}

int main(void) {
  OVERLAPPED overlapped = {0};
  char buffer[8] = {0};
  DWORD bytes = 77, written = 0;
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                   PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 64, 64, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);

  overlapped.InternalHigh = 55;
  BOOL done = ReadFile(server, buffer, 4, &bytes, &overlapped);
  tell("read", done, bytes);
  bytes = 77;
  done = GetOverlappedResult(server, &overlapped, &bytes, FALSE);
  tell("no waiting", done, bytes);
  done = GetOverlappedResultEx(server, &overlapped, &bytes, 0, FALSE);
  tell("0 ms", done, bytes);
  done = GetOverlappedResultEx(server, &overlapped, &bytes, 10, FALSE);
  tell("10 ms", done, bytes);
  printf("the file is signaled: %d\n", WaitForSingleObject(server, 0) == WAIT_OBJECT_0);
  WriteFile(client, "abcdef", 6, &written, NULL);
  done = GetOverlappedResult(server, &overlapped, &bytes, TRUE);
  tell("a part of a message", done, bytes);
  done = GetOverlappedResult(server, &overlapped, &bytes, FALSE);
  tell("again", done, bytes);
  printf("the file is signaled: %d\n", WaitForSingleObject(server, 0) == WAIT_OBJECT_0);
  printf("completed: %d, status 0x%08x, %u\n", HasOverlappedIoCompleted(&overlapped), (unsigned)overlapped.Internal,
         (unsigned)overlapped.InternalHigh);
  done = ReadFile(server, buffer, 8, &bytes, &overlapped);
  tell("the rest at once", done, bytes);
  done = GetOverlappedResult(server, &overlapped, &bytes, TRUE);
  tell("its result", done, bytes);
  done = GetOverlappedResult(NULL, &overlapped, &bytes, FALSE);
  tell("without a file, when it has ended", done, bytes);
  overlapped.Internal = STATUS_PENDING;
  done = GetOverlappedResult(NULL, &overlapped, &bytes, TRUE);
  tell("without a file, pending", done, 0);
  overlapped.hEvent = CreateEventA(NULL, TRUE, TRUE, NULL);
  done = GetOverlappedResult(server, &overlapped, &bytes, TRUE);
  tell("pending with a set event", done, bytes);

  done = ReadFile(server, buffer, 8, &bytes, &overlapped);
  tell("read with an event", done, 0);
  printf("event %d, file %d\n", WaitForSingleObject(overlapped.hEvent, 0) == WAIT_OBJECT_0,
         WaitForSingleObject(server, 0) == WAIT_OBJECT_0);
  CloseHandle(client);
  done = GetOverlappedResult(server, &overlapped, &bytes, TRUE);
  tell("broken", done, bytes);
  CloseHandle(overlapped.hEvent);
  overlapped.hEvent = (HANDLE)0x654320;
  done = ReadFile(server, buffer, 8, &bytes, &overlapped);
  tell("with an event that is none", done, 0);
  CloseHandle(server);
  return 0;
}
