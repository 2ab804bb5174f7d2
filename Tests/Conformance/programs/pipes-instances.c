// Instances of a pipe: their limit, the first of them, what a client finds, and that names have no case.
// wine-differs: Wine ignores FILE_FLAG_FIRST_PIPE_INSTANCE; Windows refuses a second instance
// (CreateNamedPipe, dwOpenMode).
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\Latewrite-Instances"

static HANDLE server(DWORD flags, DWORD maximum) {
  return CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | flags, PIPE_TYPE_MESSAGE, maximum, 512, 512,
                          100, NULL);
}

static HANDLE client(const char *name) {
  return CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static void tell(const char *what, HANDLE handle) {
  printf("%s: %s", what, handle != INVALID_HANDLE_VALUE ? "ok" : "refused");
  if (handle == INVALID_HANDLE_VALUE) printf(", error %u", (unsigned)GetLastError());
  printf("\n");
}

int main(void) {
  HANDLE none = client(NAME);
  tell("client without a pipe", none);
  printf("wait without a pipe: %d", WaitNamedPipeA(NAME, 0));
  printf(", error %u\n", (unsigned)GetLastError());

  HANDLE first = server(FILE_FLAG_FIRST_PIPE_INSTANCE, 2);
  tell("first instance", first);
  HANDLE again = server(FILE_FLAG_FIRST_PIPE_INSTANCE, 2);
  tell("another first instance", again);
  if (again != INVALID_HANDLE_VALUE) CloseHandle(again);
  HANDLE second = server(0, 2);
  tell("second instance", second);
  HANDLE third = server(0, 2);
  tell("third of two", third);

  printf("wait for an instance: %d\n", WaitNamedPipeA(NAME, NMPWAIT_WAIT_FOREVER));
  HANDLE one = client("\\\\.\\PIPE\\LATEWRITE-instances");
  tell("client, other case", one);
  HANDLE two = client("\\\\?\\pipe\\latewrite-INSTANCES");
  tell("second client", two);
  HANDLE busy = client(NAME);
  tell("third client", busy);
  printf("wait while all are busy: %d", WaitNamedPipeA(NAME, 20));
  printf(", error %u\n", (unsigned)GetLastError());

  DWORD instances = 0, flags = 0, maximum = 0, out = 0, in = 0;
  printf("state: %d", GetNamedPipeHandleStateA(first, NULL, &instances, NULL, NULL, NULL, 0));
  printf(", %u instances\n", (unsigned)instances);
  printf("info of the server: %d", GetNamedPipeInfo(first, &flags, &out, &in, &maximum));
  printf(", flags %u, at most %u, out %u, in %u\n", (unsigned)flags, (unsigned)maximum, (unsigned)out, (unsigned)in);
  printf("info of the client: %d", GetNamedPipeInfo(one, &flags, NULL, NULL, NULL));
  printf(", flags %u\n", (unsigned)flags);

  CloseHandle(second);
  CloseHandle(first);
  tell("client after the servers", client(NAME));
  CloseHandle(one);
  CloseHandle(two);
  return 0;
}
