// A socket that does not block says WSAEWOULDBLOCK; connecting always does, and its end is waited for.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>

static int wait_for(SOCKET s, int what) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(s, &set);
  return select(0, what == 0 ? &set : NULL, what == 1 ? &set : NULL, what == 2 ? &set : NULL, NULL);
}

int main(void) {
  WSADATA data;
  u_long on = 1, off = 0, count = 99;
  char bytes[64] = {0};
  int result, error, length = sizeof error;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in name = {0};
  int name_length = sizeof name;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &name_length);
  listen(listener, 2);
  printf("FIONBIO %d %d\n", ioctlsocket(listener, FIONBIO, &on), ioctlsocket(client, FIONBIO, &on));
  SOCKET s = accept(listener, NULL, NULL);
  printf("accept: %d, error %d\n", s == INVALID_SOCKET, WSAGetLastError());

  result = connect(client, (struct sockaddr *)&name, sizeof name);
  printf("connect: %d, error %d\n", result, WSAGetLastError());
  printf("writable: %d\n", wait_for(client, 1));
  getsockopt(client, SOL_SOCKET, SO_ERROR, (char *)&error, &length);
  printf("SO_ERROR %d\n", error);
  result = connect(client, (struct sockaddr *)&name, sizeof name);
  printf("connect again: %d, error %d\n", result, WSAGetLastError());

  printf("listener readable: %d\n", wait_for(listener, 0));
  s = accept(listener, NULL, NULL);
  printf("accepted: %d\n", s != INVALID_SOCKET);
  result = recv(s, bytes, 1, 0);
  printf("the accepted one does not block either: %d, error %d\n", result, WSAGetLastError());
  result = recv(client, bytes, sizeof bytes, 0);
  printf("recv: %d, error %d\n", result, WSAGetLastError());
  result = ioctlsocket(client, FIONREAD, &count);
  printf("FIONREAD %d: %u\n", result, (unsigned)count);
  send(s, "hello", 5, 0);
  printf("readable: %d\n", wait_for(client, 0));
  result = ioctlsocket(client, FIONREAD, &count);
  printf("FIONREAD %d: %u\n", result, (unsigned)count);
  printf("peek %d, ", recv(client, bytes, 3, MSG_PEEK));
  printf("recv %d", recv(client, bytes, sizeof bytes, 0));
  printf(" %s\n", bytes);
  ioctlsocket(s, FIONBIO, &off);
  send(client, "x", 1, 0);
  printf("blocking again: %d\n", recv(s, bytes, 1, 0));

  static char big[1 << 20];
  long long sent = 0;
  int calls = 0;
  while ((result = send(client, big, sizeof big, 0)) > 0 && calls < 1000) sent += result, calls++;
  printf("sending fills up: %d, error %d, some went %d\n", result, WSAGetLastError(), sent > 0);
  closesocket(client);
  closesocket(s);

  closesocket(listener);
  client = socket(AF_INET, SOCK_STREAM, 0);
  ioctlsocket(client, FIONBIO, &on);
  result = connect(client, (struct sockaddr *)&name, sizeof name);
  printf("connect to nobody: %d, error %d\n", result, WSAGetLastError());
  printf("failed: %d\n", wait_for(client, 2));
  getsockopt(client, SOL_SOCKET, SO_ERROR, (char *)&error, &length);
  printf("SO_ERROR %d\n", error);
  result = ioctlsocket(client, 0x12345, &count);
  printf("unknown command: %d, error %d\n", result, WSAGetLastError());
  closesocket(client);
  WSACleanup();
  return 0;
}
