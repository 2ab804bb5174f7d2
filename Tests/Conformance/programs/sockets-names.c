// bind, listen and the names of sockets: what comes before what.
#include <winsock2.h>

#include <stdio.h>

static struct sockaddr_in loopback(u_short port) {
  struct sockaddr_in name = {0};
  name.sin_family = AF_INET;
  name.sin_port = port;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

#define CALL(call)                                                                                                     \
  do {                                                                                                                 \
    int result = (int)(call);                                                                                          \
    printf("%-60s %d", #call, result);                                                                                 \
    if (result != 0) printf(", error %d", WSAGetLastError());                                                          \
    printf("\n");                                                                                                      \
  } while (0)

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET a = socket(AF_INET, SOCK_STREAM, 0), b = socket(AF_INET, SOCK_STREAM, 0);
  SOCKET d = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in name = loopback(0), other;
  struct sockaddr *at = (struct sockaddr *)&name;
  int length = sizeof name;
  CALL(getsockname(a, at, &length));
  CALL(getpeername(a, at, &length));
  CALL(listen(a, 1));
  CALL(accept(a, NULL, NULL) == INVALID_SOCKET);
  CALL(bind(a, NULL, sizeof name));
  CALL(bind(a, at, 4));
  name.sin_family = 0x1234;
  CALL(bind(a, at, sizeof name));
  name = loopback(0);
  name.sin_addr.s_addr = inet_addr("192.0.2.1");
  CALL(bind(a, at, sizeof name));
  name = loopback(0);
  CALL(bind(a, at, sizeof name));
  CALL(bind(a, at, sizeof name));
  length = 3;
  CALL(getsockname(a, (struct sockaddr *)&other, &length));
  length = sizeof other;
  CALL(getsockname(a, (struct sockaddr *)&other, &length));
  printf("family %d, length %d, loopback %d, port %d\n", other.sin_family, length,
         other.sin_addr.s_addr == htonl(INADDR_LOOPBACK), other.sin_port != 0);
  name = loopback(other.sin_port);
  CALL(bind(b, at, sizeof name));
  CALL(listen(a, 1));
  CALL(listen(a, 5));
  CALL(bind(b, at, sizeof name));
  CALL(bind(d, at, sizeof name));
  CALL(listen(d, 1));
  CALL(getpeername(d, at, &length));
  name = loopback(other.sin_port);
  CALL(connect(a, at, sizeof name));
  CALL(connect(b, at, sizeof name));
  CALL(connect(b, at, sizeof name));
  SOCKET c = accept(a, NULL, NULL);
  length = sizeof other;
  CALL(getsockname(c, (struct sockaddr *)&other, &length));
  printf("the same port: %d\n", other.sin_port == name.sin_port);
  closesocket(a);
  a = socket(AF_INET, SOCK_STREAM, 0);
  closesocket(c);
  closesocket(b);
  CALL(bind(a, at, sizeof name));
  CALL(listen(a, 1));
  closesocket(a);
  closesocket(d);
  WSACleanup();
  return 0;
}
