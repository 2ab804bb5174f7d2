// Pipes of one direction, and handles without the right to do what they are asked.
#include <stdio.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-directions"

static void try_both(const char *who, HANDLE pipe) {
  char buffer[8];
  DWORD bytes = 0, available = 0;
  BOOL done = WriteFile(pipe, "abc", 3, &bytes, NULL);
  printf("%s writes: %d, error %u\n", who, done, done ? 0 : (unsigned)GetLastError());
  BOOL peeked = PeekNamedPipe(pipe, NULL, 0, NULL, &available, NULL);
  printf("%s peeks: %d, error %u, %u\n", who, peeked, peeked ? 0 : (unsigned)GetLastError(), (unsigned)available);
  if (peeked && available == 0) return; // a read would wait for ever
  done = ReadFile(pipe, buffer, sizeof buffer, &bytes, NULL);
  printf("%s reads: %d, error %u, %u bytes\n", who, done, done ? 0 : (unsigned)GetLastError(), (unsigned)bytes);
}

static void open(const char *what, DWORD access) {
  HANDLE client = CreateFileA(NAME, access, 0, NULL, OPEN_EXISTING, 0, NULL);
  printf("client for %s: %d", what, client != INVALID_HANDLE_VALUE);
  if (client == INVALID_HANDLE_VALUE) {
    printf(", error %u\n", (unsigned)GetLastError());
    return;
  }
  printf("\n");
  try_both("client", client);
  CloseHandle(client);
}

static void make(const char *what, DWORD direction) {
  printf("-- %s\n", what);
  HANDLE first = CreateNamedPipeA(NAME, direction, PIPE_TYPE_BYTE, 3, 64, 64, 0, NULL);
  HANDLE second = CreateNamedPipeA(NAME, direction, PIPE_TYPE_BYTE, 3, 64, 64, 0, NULL);
  HANDLE third = CreateNamedPipeA(NAME, direction ^ PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 3, 64, 64, 0, NULL);
  printf("an instance of the other direction: %d", third != INVALID_HANDLE_VALUE);
  if (third == INVALID_HANDLE_VALUE) printf(", error %u", (unsigned)GetLastError());
  printf("\n");
  open("both", GENERIC_READ | GENERIC_WRITE);
  open("reading", GENERIC_READ);
  open("writing", GENERIC_WRITE);
  open("attributes", FILE_READ_ATTRIBUTES);
  try_both("server", first);
  CloseHandle(first);
  CloseHandle(second);
}

int main(void) {
  make("inbound", PIPE_ACCESS_INBOUND);
  make("outbound", PIPE_ACCESS_OUTBOUND);
  HANDLE none = CreateNamedPipeA(NAME, 0, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
  printf("neither: %d, error %u\n", none != INVALID_HANDLE_VALUE, (unsigned)GetLastError());
  return 0;
}
