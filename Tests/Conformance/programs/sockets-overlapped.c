// Overlapped receives and sends with an event: when they pend, how they end, who may ask for the result.
#include <stdio.h>
#include <string.h>
#include <winsock2.h>

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

static void several(const SOCKET pair[2]) {
  DWORD bytes, flags;
  WSAOVERLAPPED queue[3] = {{0}};
  char got[3][4] = {"", "", ""};
  for (int i = 0; i < 3; i++) {
    WSABUF part = {2, got[i]};
    queue[i].hEvent = WSACreateEvent();
    flags = 0;
    WSARecv(pair[0], &part, 1, NULL, &flags, &queue[i], NULL);
  }
  send(pair[1], "aabbcc", 6, 0);
  for (int i = 0; i < 3; i++) {
    BOOL done = WSAGetOverlappedResult(pair[0], &queue[i], &bytes, TRUE, &flags);
    printf("in order: %d, %u, %s\n", done, (unsigned)bytes, got[i]);
    WSACloseEvent(queue[i].hEvent);
  }
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET pair[2];
  connect_pair(pair);
  char first[4] = "", second[64] = "";
  WSABUF buffers[2] = {{sizeof first - 1, first}, {sizeof second - 1, second}}, out[2] = {{5, "hello"}, {6, " world"}};
  WSAOVERLAPPED o = {0}, sending = {0};
  DWORD bytes = 77, flags = 0;
  o.hEvent = WSACreateEvent();
  sending.hEvent = WSACreateEvent();
  WSASetEvent(o.hEvent);

  int result = WSARecv(pair[0], buffers, 2, &bytes, &flags, &o, NULL);
  printf("receive: %d, error %d, complete %d\n", result, WSAGetLastError(), HasOverlappedIoCompleted(&o));
  printf("the event was reset: %d\n", WaitForSingleObject(o.hEvent, 0) == WAIT_TIMEOUT);
  BOOL done = WSAGetOverlappedResult(pair[0], &o, &bytes, FALSE, &flags);
  printf("no result yet: %d, error %d\n", done, WSAGetLastError());
  result = WSASend(pair[1], out, 2, &bytes, 0, &sending, NULL);
  printf("send: %d, %u bytes, complete %d, event %d\n", result, (unsigned)bytes, HasOverlappedIoCompleted(&sending),
         WaitForSingleObject(sending.hEvent, INFINITE) == WAIT_OBJECT_0);
  done = WSAGetOverlappedResult(pair[1], &sending, &bytes, FALSE, &flags);
  printf("its result: %d, %u\n", done, (unsigned)bytes);
  printf("event: %d\n", (int)WSAWaitForMultipleEvents(1, &o.hEvent, TRUE, WSA_INFINITE, FALSE));
  done = WSAGetOverlappedResult(pair[0], &o, &bytes, FALSE, &flags);
  printf("result: %d, %u bytes, flags %u, '%s' '%s'\n", done, (unsigned)bytes, (unsigned)flags, first, second);
  done = GetOverlappedResult((HANDLE)pair[0], &o, &bytes, TRUE);
  printf("asked again: %d, %u, status %x\n", done, (unsigned)bytes, (unsigned)o.Internal);

  send(pair[1], "ready", 5, 0);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(pair[0], &set);
  select(0, &set, NULL, NULL, NULL);
  memset(second, 0, sizeof second);
  flags = MSG_PEEK;
  WSABUF one = {sizeof second - 1, second};
  result = WSARecv(pair[0], &one, 1, &bytes, &flags, &o, NULL);
  if (result != 0 && WSAGetLastError() == WSA_IO_PENDING)
    result = WSAGetOverlappedResult(pair[0], &o, &bytes, TRUE, &flags) ? 0 : -1;
  printf("peek: %d, %u, %s\n", result, (unsigned)bytes, second);
  memset(second, 0, sizeof second);
  flags = 0;
  result = WSARecv(pair[0], &one, 1, &bytes, &flags, NULL, NULL);
  printf("without OVERLAPPED it waits: %d, %u, %s\n", result, (unsigned)bytes, second);

  several(pair);
  flags = 0;
  WSARecv(pair[0], &one, 1, NULL, &flags, &o, NULL);
  shutdown(pair[1], SD_SEND);
  done = WSAGetOverlappedResult(pair[0], &o, &bytes, TRUE, &flags);
  printf("the end: %d, %u\n", done, (unsigned)bytes);
  closesocket(pair[0]);
  closesocket(pair[1]);
  flags = 0;
  result = WSARecv(pair[0], &one, 1, &bytes, &flags, &o, NULL);
  printf("closed: %d, error %d\n", result, WSAGetLastError());
  WSACloseEvent(o.hEvent);
  WSACloseEvent(sending.hEvent);
  WSACleanup();
  return 0;
}
