// ConnectNamedPipe gives every answer it has: waiting, connected before, left by the last client, disconnected.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-connect"

static HANDLE server(DWORD mode) {
  return CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE | mode, 4, 512, 512, 0, NULL);
}

static HANDLE client(void) { return CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL); }

static void attempt(const char *when, HANDLE pipe, OVERLAPPED *overlapped) {
  SetEvent(overlapped->hEvent);
  overlapped->Internal = 1;
  BOOL done = ConnectNamedPipe(pipe, overlapped);
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %u, status 0x%08x, event %s\n", when, done, (unsigned)error, (unsigned)overlapped->Internal,
         WaitForSingleObject(overlapped->hEvent, 0) == WAIT_OBJECT_0 ? "set" : "reset");
}

int main(void) {
  OVERLAPPED overlapped = {0};
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE pipe = server(PIPE_WAIT);
  DWORD bytes = 0;

  attempt("nobody is there", pipe, &overlapped);
  HANDLE end = client();
  BOOL done = GetOverlappedResult(pipe, &overlapped, &bytes, TRUE);
  printf("a client came: %d, bytes %u, status 0x%08x\n", done, (unsigned)bytes, (unsigned)overlapped.Internal);
  attempt("it is still there", pipe, &overlapped);
  CloseHandle(end);
  attempt("it has gone", pipe, &overlapped);
  printf("disconnect: %d\n", DisconnectNamedPipe(pipe));
  done = DisconnectNamedPipe(pipe);
  printf("disconnect again: %d, error %u\n", done, (unsigned)GetLastError());
  attempt("after the disconnect", pipe, &overlapped);
  done = DisconnectNamedPipe(pipe);
  printf("disconnect while listening: %d, error %u\n", done, (unsigned)GetLastError());
  end = client();
  printf("came: %d\n", GetOverlappedResult(pipe, &overlapped, &bytes, TRUE));
  CloseHandle(end);
  CloseHandle(pipe);

  pipe = server(PIPE_WAIT);
  end = client();
  attempt("the client was first", pipe, &overlapped);
  CloseHandle(pipe);
  CloseHandle(end);

  pipe = server(PIPE_NOWAIT);
  attempt("without waiting", pipe, &overlapped);
  end = client();
  attempt("with a client", pipe, &overlapped);
  CloseHandle(end);
  attempt("when it has gone", pipe, &overlapped);
  CloseHandle(pipe);
  CloseHandle(overlapped.hEvent);
  return 0;
}
