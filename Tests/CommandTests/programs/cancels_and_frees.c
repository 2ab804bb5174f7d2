// A read is cancelled and its memory freed at once, though only the read's end gives it back: cancelling is a request.
// In the default order the I/O thread stores the end into the freed block; a deviation lets it be in time.
#include <stdlib.h>
#include <windows.h>

typedef struct request {
  OVERLAPPED overlapped;
  char answer[64];
} request;

int main(void) {
  const char *name = "\\\\.\\pipe\\cancels-and-frees";
  HANDLE server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  HANDLE client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  HANDLE ended = CreateEventA(NULL, TRUE, FALSE, NULL);
  request *asked = calloc(1, sizeof *asked);
  asked->overlapped.hEvent = ended;
  ReadFile(server, asked->answer, sizeof asked->answer, NULL, &asked->overlapped);
  CancelIoEx(server, &asked->overlapped);
  free(asked);
  WaitForSingleObject(ended, INFINITE);
  CloseHandle(ended);
  CloseHandle(client);
  CloseHandle(server);
  return 0;
}
