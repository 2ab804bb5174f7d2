// Options: what is set is got back, at the right length.
#include <winsock2.h>

#include <mswsock.h>
#include <stdio.h>

static void show(SOCKET s, int level, int name, const char *text) {
  int value = -99, length = sizeof value;
  int result = getsockopt(s, level, name, (char *)&value, &length);
  printf("%s: %d", text, result);
  if (result == 0)
    printf(", value %d, length %d\n", value, length);
  else
    printf(", error %d\n", WSAGetLastError());
}

static void set(SOCKET s, int level, int name, int value, int length, const char *text) {
  int result = setsockopt(s, level, name, (const char *)&value, length);
  printf("set %s: %d", text, result);
  if (result != 0) printf(", error %d", WSAGetLastError());
  printf("\n");
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0), d = socket(AF_INET, SOCK_DGRAM, 0);
  show(s, SOL_SOCKET, SO_TYPE, "type of a stream");
  show(d, SOL_SOCKET, SO_TYPE, "type of a datagram");
  show(s, SOL_SOCKET, SO_ERROR, "error");
  show(s, SOL_SOCKET, SO_ACCEPTCONN, "listens");
  show(s, SOL_SOCKET, SO_REUSEADDR, "reuses");
  set(s, SOL_SOCKET, SO_REUSEADDR, 1, sizeof(int), "reuse");
  show(s, SOL_SOCKET, SO_REUSEADDR, "reuses");
  set(s, SOL_SOCKET, SO_REUSEADDR, 0, sizeof(int), "no reuse");
  show(s, SOL_SOCKET, SO_REUSEADDR, "reuses");
  show(s, SOL_SOCKET, SO_KEEPALIVE, "keeps alive");
  set(s, SOL_SOCKET, SO_KEEPALIVE, 1, sizeof(int), "keepalive");
  show(s, SOL_SOCKET, SO_KEEPALIVE, "keeps alive");
  show(d, SOL_SOCKET, SO_BROADCAST, "broadcasts");
  set(d, SOL_SOCKET, SO_BROADCAST, 1, sizeof(int), "broadcast");
  show(d, SOL_SOCKET, SO_BROADCAST, "broadcasts");
  show(s, SOL_SOCKET, SO_RCVTIMEO, "receive timeout");
  set(s, SOL_SOCKET, SO_RCVTIMEO, 1500, sizeof(int), "receive timeout");
  show(s, SOL_SOCKET, SO_RCVTIMEO, "receive timeout");
  set(s, SOL_SOCKET, SO_SNDTIMEO, 2500, sizeof(int), "send timeout");
  show(s, SOL_SOCKET, SO_SNDTIMEO, "send timeout");
  show(s, IPPROTO_TCP, TCP_NODELAY, "no delay");
  set(s, IPPROTO_TCP, TCP_NODELAY, 1, sizeof(int), "no delay");
  show(s, IPPROTO_TCP, TCP_NODELAY, "no delay");
  set(s, SOL_SOCKET, 0x7fff, 1, sizeof(int), "unknown");
  show(s, SOL_SOCKET, 0x7fff, "unknown");
  show(s, 12345, 1, "unknown level");

  struct linger linger = {1, 5};
  int length = sizeof linger;
  show(s, SOL_SOCKET, SO_DONTLINGER, "does not linger");
  printf("set linger: %d\n", setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger));
  linger.l_onoff = linger.l_linger = 77;
  getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &length);
  printf("linger %u for %u, length %d\n", linger.l_onoff, linger.l_linger, length);
  show(s, SOL_SOCKET, SO_DONTLINGER, "does not linger");
  show(s, SOL_SOCKET, SO_CONNECT_TIME, "connected for");

  struct sockaddr_in name = {0};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(s, (struct sockaddr *)&name, sizeof name);
  listen(s, 1);
  show(s, SOL_SOCKET, SO_ACCEPTCONN, "listens");
  length = sizeof name;
  getsockname(s, (struct sockaddr *)&name, &length);
  SOCKET c = socket(AF_INET, SOCK_STREAM, 0);
  connect(c, (struct sockaddr *)&name, sizeof name);
  show(c, SOL_SOCKET, SO_CONNECT_TIME, "connected for");
  char byte;
  set(c, SOL_SOCKET, SO_RCVTIMEO, 30, sizeof(int), "a short receive timeout");
  int result = recv(c, &byte, 1, 0);
  printf("it passes: %d, error %d\n", result, WSAGetLastError());
  result = getsockopt(c, SOL_SOCKET, SO_TYPE, NULL, &length);
  printf("nowhere: %d, error %d\n", result, WSAGetLastError());
  result = setsockopt(c, SOL_SOCKET, SO_KEEPALIVE, NULL, 4);
  printf("from nowhere: %d, error %d\n", result, WSAGetLastError());
  closesocket(c);
  closesocket(d);
  closesocket(s);
  WSACleanup();
  return 0;
}
