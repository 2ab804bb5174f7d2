// Completion routines of sockets run on the thread that began the operation, while it waits for them.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>

static void connect_pair(SOCKET pair[2]) {
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in name = {0};
  int length = sizeof name;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 1);
  pair[0] = socket(AF_INET, SOCK_STREAM, 0);
  connect(pair[0], (struct sockaddr *)&name, sizeof name);
  pair[1] = accept(listener, NULL, NULL);
  closesocket(listener);
}

static DWORD owner;
static int calls;

static void CALLBACK done(DWORD error, DWORD transferred, LPWSAOVERLAPPED overlapped, DWORD flags) {
  calls++;
  printf("routine: error %d, %u bytes, flags %u, hEvent as it was %d, own thread %d\n", (int)error,
         (unsigned)transferred, (unsigned)flags, overlapped->hEvent == (HANDLE)0x1234, GetCurrentThreadId() == owner);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  owner = GetCurrentThreadId();
  SOCKET pair[2];
  connect_pair(pair);
  char bytes[16] = "";
  WSABUF in = {sizeof bytes - 1, bytes}, out = {4, "data"};
  WSAOVERLAPPED receiving = {0}, sending = {0};
  receiving.hEvent = sending.hEvent = (HANDLE)0x1234;
  DWORD count, flags = 0;
  int result = WSARecv(pair[0], &in, 1, NULL, &flags, &receiving, done);
  printf("receive: %d, error %d\n", result, WSAGetLastError());
  printf("nothing to run: %d\n", (int)SleepEx(0, TRUE));
  result = WSASend(pair[1], &out, 1, &count, 0, &sending, done);
  printf("send: %d, %u\n", result, (unsigned)count);
  printf("not before somebody waits: %d\n", calls);
  while (calls < 2) SleepEx(INFINITE, TRUE);
  printf("calls %d, %s\n", calls, bytes);
  flags = 0;
  WSARecv(pair[0], &in, 1, NULL, &flags, &receiving, done);
  printf("cancel %d\n", CancelIoEx((HANDLE)pair[0], &receiving));
  while (calls < 3) SleepEx(INFINITE, TRUE);
  flags = 0;
  WSARecv(pair[0], &in, 1, NULL, &flags, &receiving, done);
  closesocket(pair[1]);
  WSAEVENT event = WSACreateEvent();
  while (calls < 4) WSAWaitForMultipleEvents(1, &event, FALSE, WSA_INFINITE, TRUE);
  printf("calls %d\n", calls);
  WSACloseEvent(event);
  closesocket(pair[0]);
  WSACleanup();
  return 0;
}
