// Parts of messages where an OVERLAPPED is given: the count is in it, and not in the call's. The modes of an anonymous
// pipe's reading end.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-parts"

static void get(const char *what, HANDLE pipe, DWORD size, OVERLAPPED *overlapped) {
  char buffer[16] = {0};
  DWORD bytes = 77;
  SetLastError(0);
  BOOL done = ReadFile(pipe, buffer, size, &bytes, overlapped);
  printf("%s: %d, error %lu, %lu bytes \"%s\"", what, done, GetLastError(), bytes, buffer);
  if (overlapped) printf(", status 0x%lx, %lu", (unsigned long)overlapped->Internal, (DWORD)overlapped->InternalHigh);
  printf("\n");
  if (!overlapped) return;
  done = GetOverlappedResult(pipe, overlapped, &bytes, FALSE);
  printf("  result: %d, error %lu, %lu bytes\n", done, done ? 0 : GetLastError(), bytes);
}

static void pair(const char *what, DWORD flags) {
  DWORD bytes, mode = PIPE_READMODE_MESSAGE;
  OVERLAPPED overlapped = {0};
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, 1, 256, 256, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, flags, NULL);
  SetNamedPipeHandleState(client, &mode, NULL, NULL);
  printf("%s\n", what);
  WriteFile(server, "one message", 11, &bytes, NULL);
  get("a part", client, 3, &overlapped);
  get("nothing of it", client, 0, &overlapped);
  get("the rest", client, 16, &overlapped);
  WriteFile(server, "another", 7, &bytes, NULL);
  if (!(flags & FILE_FLAG_OVERLAPPED)) get("a part without one", client, 3, NULL);
  get("the rest", client, 16, &overlapped);
  CloseHandle(client);
  CloseHandle(server);
}

static void anonymous(void) {
  HANDLE reader, writer;
  DWORD mode = PIPE_NOWAIT, bytes = 77, state = 77, instances = 77;
  char buffer[8];
  CreatePipe(&reader, &writer, NULL, 0);
  BOOL done = SetNamedPipeHandleState(reader, &mode, NULL, NULL);
  printf("no waiting: %d", done);
  done = GetNamedPipeHandleStateA(reader, &state, &instances, NULL, NULL, NULL, 0);
  printf(", state %d %lu %lu", done, state, instances);
  done = ReadFile(reader, buffer, 8, &bytes, NULL);
  printf(", read: %d, error %lu, %lu\n", done, GetLastError(), bytes);
  mode = PIPE_WAIT;
  done = SetNamedPipeHandleState(writer, &mode, NULL, NULL);
  printf("the other end: %d", done);
  WriteFile(writer, "abc", 3, &bytes, NULL);
  done = ReadFile(reader, buffer, 8, &bytes, NULL);
  printf(", read: %d, %lu\n", done, bytes);
  CloseHandle(reader);
  CloseHandle(writer);
}

int main(void) {
  pair("overlapped", FILE_FLAG_OVERLAPPED);
  pair("synchronous", 0);
  anonymous();
  return 0;
}
