// Binding files to ports: one port a file, only overlapped files, and what comes back.
#include <stdio.h>
#include <windows.h>

static HANDLE pipe_end(const char *name, DWORD mode) {
  return CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | mode, PIPE_TYPE_BYTE, 1, 512, 512, 0, NULL);
}

static void bind_to(const char *what, HANDLE file, HANDLE port) {
  SetLastError(0);
  HANDLE bound = CreateIoCompletionPort(file, port, 5, 0);
  printf("%s: %s error %lu\n", what,
         !bound          ? "none"
         : bound == port ? "the same port"
                         : "a port",
         bound ? 0 : GetLastError());
}

int main(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  HANDLE other = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  HANDLE file = pipe_end("\\\\.\\pipe\\ports-associate-1", FILE_FLAG_OVERLAPPED);
  HANDLE plain = pipe_end("\\\\.\\pipe\\ports-associate-2", 0);
  HANDLE third = pipe_end("\\\\.\\pipe\\ports-associate-3", FILE_FLAG_OVERLAPPED);
  bind_to("not overlapped", plain, port);
  bind_to("overlapped", file, port);
  bind_to("again", file, port);
  bind_to("to another port", file, other);
  bind_to("to what is no port", third, file);
  bind_to("to what is closed", third, (HANDLE)(ULONG_PTR)0x7ffffff0);
  HANDLE both = CreateIoCompletionPort(third, NULL, 7, 1);
  printf("a file with a new port: %d\n", both != NULL && both != port);
  bind_to("and that file again", third, both);
  CloseHandle(both);
  bind_to("after its port was closed", third, port);
  printf("close: %d %d %d\n", CloseHandle(file), CloseHandle(plain), CloseHandle(third));
  bind_to("a closed file", file, port);
  printf("close: %d %d\n", CloseHandle(port), CloseHandle(other));
  return 0;
}
