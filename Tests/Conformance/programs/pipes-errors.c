// Every call on pipes with no handle, with one of another kind and with one that was closed, and with bad parameters.
// wine-differs: CancelIo and CancelIoEx are for files (their parameter's description), Wine takes any object; and the
// instances are 1 ... 255 (CreateNamedPipe, nMaxInstances), Wine takes any number.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-errors"

static void tell(const char *what, BOOL done) {
  DWORD error = done ? 0 : GetLastError();
  printf("  %s: %d, error %u\n", what, done, (unsigned)error);
}

static void call_all(const char *what, HANDLE handle) {
  char buffer[4];
  DWORD bytes = 0, mode = PIPE_READMODE_BYTE;
  OVERLAPPED overlapped = {0};
  printf("%s\n", what);
  tell("ReadFile", ReadFile(handle, buffer, sizeof buffer, &bytes, &overlapped));
  tell("WriteFile", WriteFile(handle, buffer, sizeof buffer, &bytes, &overlapped));
  tell("ConnectNamedPipe", ConnectNamedPipe(handle, &overlapped));
  tell("DisconnectNamedPipe", DisconnectNamedPipe(handle));
  tell("PeekNamedPipe", PeekNamedPipe(handle, NULL, 0, NULL, &bytes, NULL));
  tell("SetNamedPipeHandleState", SetNamedPipeHandleState(handle, &mode, NULL, NULL));
  tell("GetNamedPipeInfo", GetNamedPipeInfo(handle, &mode, NULL, NULL, NULL));
  tell("GetNamedPipeHandleState", GetNamedPipeHandleStateA(handle, &mode, NULL, NULL, NULL, NULL, 0));
  tell("TransactNamedPipe", TransactNamedPipe(handle, buffer, 1, buffer, 1, &bytes, &overlapped));
  tell("FlushFileBuffers", FlushFileBuffers(handle));
  tell("CancelIo", CancelIo(handle));
  tell("CancelIoEx", CancelIoEx(handle, &overlapped));
  SetLastError(0);
  printf("  GetFileType: %u\n", (unsigned)GetFileType(handle));
}

static void make(const char *what, const char *name, DWORD open_mode, DWORD pipe_mode, DWORD instances) {
  HANDLE pipe = CreateNamedPipeA(name, open_mode, pipe_mode, instances, 64, 64, 0, NULL);
  DWORD error = pipe == INVALID_HANDLE_VALUE ? GetLastError() : 0;
  printf("%s: %d, error %u\n", what, pipe != INVALID_HANDLE_VALUE, (unsigned)error);
  if (pipe != INVALID_HANDLE_VALUE) CloseHandle(pipe);
}

int main(void) {
  call_all("NULL", NULL);
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  call_all("an event", event);
  CloseHandle(event);
  call_all("0x123456", (HANDLE)0x123456);
  HANDLE server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  printf("a pipe is of type %u\n", (unsigned)GetFileType(server));
  CloseHandle(server);
  call_all("closed", server);

  make("no name", NULL, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1);
  make("an empty name", "", PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1);
  make("not the name of a pipe", "not a named pipe", PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1);
  make("no instances", NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 0);
  make("256 instances", NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 256);
  make("255 instances", NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 255);
  make("bytes as messages", NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_READMODE_MESSAGE, 1);
  return 0;
}
