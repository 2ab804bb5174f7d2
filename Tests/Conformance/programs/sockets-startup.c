// Winsock has to be started, counts its uses, and says which version it is.
#include <winsock2.h>

#include <stdio.h>

int main(void) {
  WSADATA data;
  SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  int error = WSAGetLastError();
  printf("socket before the start: invalid %d, error %d\n", s == INVALID_SOCKET, error);
  int result = WSACleanup();
  printf("cleanup before the start: %d, error %d\n", result, WSAGetLastError());
  printf("version 2.2: %d\n", WSAStartup(MAKEWORD(2, 2), &data));
  printf("version %d.%d, highest %d.%d\n", LOBYTE(data.wVersion), HIBYTE(data.wVersion), LOBYTE(data.wHighVersion),
         HIBYTE(data.wHighVersion));
  printf("version 1.1: %d\n", WSAStartup(MAKEWORD(1, 1), &data));
  printf("version %d.%d\n", LOBYTE(data.wVersion), HIBYTE(data.wVersion));
  printf("version 9.9: %d\n", WSAStartup(MAKEWORD(9, 9), &data));
  printf("version %d.%d\n", LOBYTE(data.wVersion), HIBYTE(data.wVersion));
  printf("cleanups: %d", WSACleanup());
  printf(" %d", WSACleanup());
  s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  printf(", still good: %d", s != INVALID_SOCKET);
  closesocket(s);
  printf(", last: %d\n", WSACleanup());
  result = closesocket(s);
  printf("after the end: %d, error %d\n", result, WSAGetLastError());

  WSAStartup(MAKEWORD(2, 2), &data);
  WSASetLastError(WSAEDISCON);
  printf("the last error is one: %d %d\n", WSAGetLastError(), (int)GetLastError());
  SetLastError(ERROR_FILE_NOT_FOUND);
  printf("whoever sets it: %d\n", WSAGetLastError());
  char name[256] = "";
  result = gethostname(name, sizeof name);
  printf("host name: %d, not empty %d\n", result, name[0] != 0);
  result = gethostname(name, 1);
  printf("no room for it: %d, error %d\n", result, WSAGetLastError());
  WSACleanup();
  return 0;
}
