// Overlapped datagrams: the sender's address comes with the data, after the call has returned.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>

static SOCKET bound(struct sockaddr_in *name) {
  SOCKET s = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
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
  WSAStartup(MAKEWORD(2, 2), &data);
  struct sockaddr_in name_a, name_b, from;
  SOCKET a = bound(&name_a), b = bound(&name_b);
  char bytes[32] = "";
  WSABUF in = {sizeof bytes - 1, bytes}, out[2] = {{4, "data"}, {4, "gram"}};
  WSAOVERLAPPED receiving = {0}, sending = {0};
  receiving.hEvent = WSACreateEvent();
  sending.hEvent = WSACreateEvent();
  DWORD count = 99, flags = 0;
  int length = sizeof from;
  memset(&from, 0, sizeof from);
  int result = WSARecvFrom(a, &in, 1, NULL, &flags, (struct sockaddr *)&from, &length, &receiving, NULL);
  printf("receive: %d, error %d\n", result, WSAGetLastError());
  result = WSASendTo(b, out, 2, &count, 0, (struct sockaddr *)&name_a, sizeof name_a, &sending, NULL);
  printf("send: %d, %u\n", result, (unsigned)count);
  BOOL done = WSAGetOverlappedResult(a, &receiving, &count, TRUE, &flags);
  printf("received: %d, %u, %s\n", done, (unsigned)count, bytes);
  printf("from: family %d, length %d, the right port %d\n", from.sin_family, length, from.sin_port == name_b.sin_port);

  in.len = 3;
  flags = 0;
  length = sizeof from;
  memset(bytes, 0, sizeof bytes);
  WSARecvFrom(a, &in, 1, NULL, &flags, (struct sockaddr *)&from, &length, &receiving, NULL);
  sendto(b, "too long", 8, 0, (struct sockaddr *)&name_a, sizeof name_a);
  done = WSAGetOverlappedResult(a, &receiving, &count, TRUE, &flags);
  printf("cut: %d, error %d, %u, %s\n", done, WSAGetLastError(), (unsigned)count, bytes);

  in.len = sizeof bytes - 1;
  flags = 0;
  WSARecv(a, &in, 1, NULL, &flags, &receiving, NULL);
  sendto(b, "", 0, 0, (struct sockaddr *)&name_a, sizeof name_a);
  done = WSAGetOverlappedResult(a, &receiving, &count, TRUE, &flags);
  printf("empty: %d, %u\n", done, (unsigned)count);
  flags = 0;
  WSARecv(a, &in, 1, NULL, &flags, &receiving, NULL);
  printf("cancel %d\n", CancelIoEx((HANDLE)a, &receiving));
  done = WSAGetOverlappedResult(a, &receiving, &count, TRUE, &flags);
  printf("cancelled: %d, error %d\n", done, WSAGetLastError());
  closesocket(a);
  closesocket(b);
  WSACloseEvent(receiving.hEvent);
  WSACloseEvent(sending.hEvent);
  WSACleanup();
  return 0;
}
