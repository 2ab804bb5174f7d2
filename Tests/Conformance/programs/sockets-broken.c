// A socket closed under its pending receive, and a connection reset under a call that waits.
// wine-differs: closing ends a receive with WSA_OPERATION_ABORTED (closesocket, learn.microsoft.com), in Wine 676
// wine-differs: a reset is WSAECONNRESET for recv (recv, learn.microsoft.com), in Wine 8 the end of the stream
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

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET pair[2];
  char bytes[32];
  WSABUF buffer = {sizeof bytes, bytes};
  OVERLAPPED a = {0}, *which = NULL;
  DWORD count = 99, flags = 0;
  ULONG_PTR key = 0;
  connect_pair(pair);
  HANDLE port = CreateIoCompletionPort((HANDLE)pair[0], NULL, 3, 0);
  WSARecv(pair[0], &buffer, 1, NULL, &flags, &a, NULL);
  printf("close under it: %d\n", closesocket(pair[0]));
  BOOL done = GetQueuedCompletionStatus(port, &count, &key, &which, INFINITE);
  printf("closed: %d, error %d, %u bytes, status %x, the right one %d, key %u\n", done, (int)GetLastError(),
         (unsigned)count, (unsigned)a.Internal, which == &a, (unsigned)key);
  printf("the other side sees the end: %d\n", recv(pair[1], bytes, sizeof bytes, 0));
  closesocket(pair[1]);
  CloseHandle(port);

  connect_pair(pair);
  struct linger linger = {1, 0};
  setsockopt(pair[1], SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger);
  closesocket(pair[1]);
  int result = recv(pair[0], bytes, sizeof bytes, 0);
  printf("reset, waiting: %d, error %d\n", result, WSAGetLastError());
  result = send(pair[0], bytes, 1, 0);
  printf("sending into it: %d, error %d\n", result, WSAGetLastError());
  closesocket(pair[0]);
  WSACleanup();
  return 0;
}
