// Messages: one read a message, short buffers get the rest in pieces, bytes may be read across messages; peeking.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define NAME "\\\\.\\pipe\\latewrite-messages"

static void put(HANDLE pipe, const char *text) {
  DWORD bytes = 0;
  BOOL done = WriteFile(pipe, text, (DWORD)strlen(text), &bytes, NULL);
  printf("write \"%s\": %d, %u\n", text, done, (unsigned)bytes);
}

static void get(HANDLE pipe, DWORD size) {
  char buffer[64] = {0};
  DWORD bytes = 0;
  BOOL done = ReadFile(pipe, buffer, size, &bytes, NULL);
  printf("read %u: %d, error %u, %u bytes \"%s\"\n", (unsigned)size, done, done ? 0 : (unsigned)GetLastError(),
         (unsigned)bytes, buffer);
}

static void peek(HANDLE pipe, DWORD size) {
  char buffer[64] = {0};
  DWORD bytes = 77, available = 77, left = 77;
  BOOL done = PeekNamedPipe(pipe, size ? buffer : NULL, size, &bytes, &available, &left);
  printf("peek %u: %d, \"%s\", %u of %u, %u left\n", (unsigned)size, done, buffer, (unsigned)bytes, (unsigned)available,
         (unsigned)left);
}

static void mode(const char *what, HANDLE pipe, DWORD mode) {
  BOOL done = SetNamedPipeHandleState(pipe, &mode, NULL, NULL);
  printf("%s: %d, error %u\n", what, done, done ? 0 : (unsigned)GetLastError());
}

int main(void) {
  HANDLE server =
      CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 512, 512, 0, NULL);
  HANDLE client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);

  peek(server, 8);
  put(client, "one");
  put(client, "");
  put(client, "three");
  peek(server, 0);
  peek(server, 2);
  peek(server, 16);
  get(server, 16);
  get(server, 16);
  get(server, 2);
  get(server, 2);
  get(server, 2);

  put(server, "four");
  put(server, "five");
  get(client, 6);
  get(client, 16);
  mode("messages for the client", client, PIPE_READMODE_MESSAGE);
  put(server, "six");
  put(server, "seven");
  get(client, 16);
  get(client, 0);
  get(client, 16);
  mode("an unknown mode", client, 0x100);
  mode("no waiting", client, PIPE_READMODE_MESSAGE | PIPE_NOWAIT);
  DWORD state = 0;
  GetNamedPipeHandleStateA(client, &state, NULL, NULL, NULL, NULL, 0);
  printf("state %u\n", (unsigned)state);
  state = 99;
  GetNamedPipeHandleStateW(server, &state, NULL, NULL, NULL, NULL, 0);
  printf("state of the server %u\n", (unsigned)state);
  get(client, 16);
  put(client, "last");
  CloseHandle(client);
  peek(server, 8);
  get(server, 16);
  get(server, 16);
  put(server, "too late");
  CloseHandle(server);
  return 0;
}
