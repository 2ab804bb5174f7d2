// Ports: who shares one, and who keeps it for itself.
#include <winsock2.h>

#include <stdio.h>

static struct sockaddr_in name;

static void try_bind(const char *what, SOCKET s) {
  int result = bind(s, (struct sockaddr *)&name, sizeof name);
  printf("%s: %d", what, result);
  if (result != 0) printf(", error %d", WSAGetLastError());
  printf("\n");
  closesocket(s);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  int length = sizeof name, on = 1;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 4);
  try_bind("a port in use", socket(AF_INET, SOCK_STREAM, 0));
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
  printf("exclusive %d\n", setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof on));
  int result = setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on);
  printf("not both: %d, error %d\n", result, WSAGetLastError());
  closesocket(listener);
  printf("free again: %d\n", bind(s, (struct sockaddr *)&name, sizeof name));
  try_bind("an exclusive port", socket(AF_INET, SOCK_STREAM, 0));
  closesocket(s);
  WSACleanup();
  return 0;
}
