// A thousand pipes at once, their reads pending on one port, each answered.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#define COUNT 1000

typedef struct connection {
  OVERLAPPED overlapped;
  HANDLE server, client;
  char buffer[16];
} connection;

int main(void) {
  connection *all = calloc(COUNT, sizeof *all);
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  int made = 0, pending = 0, sent = 0, received = 0, right = 0, ended = 0;
  char name[64];
  for (int i = 0; i < COUNT; i++) {
    connection *c = &all[i];
    sprintf(name, "\\\\.\\pipe\\latewrite-many-%d", i);
    c->server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64, 64, 0, NULL);
    c->client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (c->server == INVALID_HANDLE_VALUE || c->client == INVALID_HANDLE_VALUE) break;
    made += CreateIoCompletionPort(c->server, port, (ULONG_PTR)i, 0) == port;
    pending +=
        !ReadFile(c->server, c->buffer, sizeof c->buffer, NULL, &c->overlapped) && GetLastError() == ERROR_IO_PENDING;
  }
  printf("made %d, pending %d\n", made, pending);
  DWORD bytes = 0;
  for (int i = COUNT - 1; i >= 0; i--) {
    int length = sprintf(name, "%d", i);
    sent += WriteFile(all[i].client, name, (DWORD)length, &bytes, NULL);
  }
  ULONG_PTR key;
  LPOVERLAPPED overlapped;
  for (int i = 0; i < COUNT && GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE); i++) {
    received++;
    right += overlapped == &all[key].overlapped && atoi(all[key].buffer) == (int)key;
  }
  printf("sent %d, received %d, right %d\n", sent, received, right);
  for (int i = 0; i < COUNT; i++) ReadFile(all[i].server, all[i].buffer, 16, NULL, &all[i].overlapped);
  for (int i = 0; i < COUNT; i++) CloseHandle(all[i].client);
  for (int i = 0; i < COUNT; i++)
    ended += !GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE) && overlapped &&
             GetLastError() == ERROR_BROKEN_PIPE;
  printf("ended %d\n", ended);
  for (int i = 0; i < COUNT; i++) CloseHandle(all[i].server);
  CloseHandle(port);
  free(all);
  return 0;
}
