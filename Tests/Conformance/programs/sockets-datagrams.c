// Datagrams: each is received as one, or cut; the sender is told; a connected socket has one partner.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>

static SOCKET bound(struct sockaddr_in *name) {
  SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
  int length = sizeof *name;
  memset(name, 0, sizeof *name);
  name->sin_family = AF_INET;
  name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(s, (struct sockaddr *)name, sizeof *name);
  getsockname(s, (struct sockaddr *)name, &length);
  return s;
}

int main(void) {
  WSADATA data;
  char bytes[32];
  WSAStartup(MAKEWORD(2, 2), &data);
  struct sockaddr_in name_a, name_b, from;
  int length = sizeof from, result;
  SOCKET a = bound(&name_a), b = bound(&name_b);
  SOCKET alone = socket(AF_INET, SOCK_DGRAM, 0);
  result = sendto(alone, bytes, 1, 0, NULL, 0);
  printf("send to nobody: %d\n", result);
  result = sendto(alone, "first", 5, 0, (struct sockaddr *)&name_a, sizeof name_a);
  printf("sendto %d\n", result);
  length = sizeof from;
  printf("sending has bound it: %d\n", getsockname(alone, (struct sockaddr *)&from, &length));
  u_short port = from.sin_port;
  memset(bytes, 0, sizeof bytes);
  length = sizeof from;
  result = recvfrom(a, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &length);
  printf("received %d %s, from length %d, its port %d\n", result, bytes, length, from.sin_port == port);

  sendto(b, "two", 3, 0, (struct sockaddr *)&name_a, sizeof name_a);
  sendto(b, "three", 5, 0, (struct sockaddr *)&name_a, sizeof name_a);
  sendto(b, "", 0, 0, (struct sockaddr *)&name_a, sizeof name_a);
  sendto(b, "much too long", 13, 0, (struct sockaddr *)&name_a, sizeof name_a);
  sendto(b, "last", 4, 0, (struct sockaddr *)&name_a, sizeof name_a);
  printf("one each: %d", recv(a, bytes, sizeof bytes, 0));
  printf(" %d", recv(a, bytes, sizeof bytes, 0));
  printf(" %d\n", recv(a, bytes, sizeof bytes, 0));
  memset(bytes, 0, sizeof bytes);
  result = recv(a, bytes, 4, MSG_PEEK);
  printf("peek, cut: %d, error %d, %s\n", result, WSAGetLastError(), bytes);
  memset(bytes, 0, sizeof bytes);
  result = recv(a, bytes, 4, 0);
  printf("cut: %d, error %d, %s\n", result, WSAGetLastError(), bytes);
  printf("the rest is lost: %d\n", recv(a, bytes, sizeof bytes, 0));

  printf("connect %d\n", connect(b, (struct sockaddr *)&name_a, sizeof name_a));
  length = sizeof from;
  printf("peer %d", getpeername(b, (struct sockaddr *)&from, &length));
  printf(", the right one %d\n", from.sin_port == name_a.sin_port);
  printf("send %d\n", send(b, "hello", 5, 0));
  printf("received %d\n", recv(a, bytes, sizeof bytes, 0));
  sendto(alone, "stranger", 8, 0, (struct sockaddr *)&name_b, sizeof name_b);
  sendto(a, "friend", 6, 0, (struct sockaddr *)&name_b, sizeof name_b);
  printf("only its partner: %d\n", recv(b, bytes, sizeof bytes, 0));
  static char huge[70000];
  result = sendto(a, huge, sizeof huge, 0, (struct sockaddr *)&name_b, sizeof name_b);
  printf("too long to be sent: %d, error %d\n", result, WSAGetLastError());
  result = accept(a, NULL, NULL) == INVALID_SOCKET;
  printf("accept: %d, error %d\n", result, WSAGetLastError());
  closesocket(a);
  closesocket(b);
  closesocket(alone);
  WSACleanup();
  return 0;
}
