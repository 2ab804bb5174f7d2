// Winsock 2's forms of connect, accept and shutdown; names of addresses and addresses as text; services by name.
#include <stdio.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>

static int CALLBACK judge(LPWSABUF caller, LPWSABUF data, LPQOS sending, LPQOS group, LPWSABUF callee,
                          LPWSABUF callee_data, GROUP *groups, DWORD_PTR verdict) {
  (void)data, (void)sending, (void)group, (void)callee, (void)callee_data, (void)groups;
  const struct sockaddr_in *from = (const struct sockaddr_in *)caller->buf;
  printf("asked: family %d, %lu bytes\n", from->sin_family, caller->len);
  return (int)verdict;
}

static void connections(void) {
  struct sockaddr_in name = {.sin_family = AF_INET}, peer;
  int length = sizeof name;
  char byte;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 4);
  printf("connect: %d\n", WSAConnect(client, (struct sockaddr *)&name, sizeof name, NULL, NULL, NULL, NULL));
  SOCKET accepted = WSAAccept(listener, (struct sockaddr *)&peer, &length, judge, CF_ACCEPT);
  printf("accepted: %d, %d bytes\n", accepted != INVALID_SOCKET, length);
  printf("again: %d", WSAConnect(client, (struct sockaddr *)&name, sizeof name, NULL, NULL, NULL, NULL));
  printf(", error %d\n", WSAGetLastError());
  printf("send no more: %d, ", WSASendDisconnect(client, NULL));
  printf("send: %d, ", send(client, "x", 1, 0));
  printf("error %d, ", WSAGetLastError());
  printf("end: %d\n", recv(accepted, &byte, 1, 0));
  printf("receive no more: %d, ", WSARecvDisconnect(client, NULL));
  printf("receive: %d, ", recv(client, &byte, 1, 0));
  printf("error %d\n", WSAGetLastError());
  closesocket(client);
  closesocket(accepted);

  client = socket(AF_INET, SOCK_STREAM, 0);
  connect(client, (struct sockaddr *)&name, sizeof name);
  accepted = WSAAccept(listener, NULL, NULL, judge, CF_REJECT);
  printf("refused: %d, error %d\n", accepted == INVALID_SOCKET, WSAGetLastError());
  closesocket(client);
  closesocket(listener);
  printf("no socket: %d", WSAAccept(listener, NULL, NULL, NULL, 0) == INVALID_SOCKET);
  printf(", error %d\n", WSAGetLastError());
}

static void text_of(const struct sockaddr *address, DWORD bytes, DWORD size) {
  char text[64] = "";
  int result = WSAAddressToStringA((struct sockaddr *)address, bytes, NULL, text, &size);
  printf("text: %d, error %d, %lu \"%s\"\n", result, result ? WSAGetLastError() : 0, size, text);
}

static void address_of(const char *text, int family, int size) {
  char copy[64];
  struct sockaddr_in6 six;
  memset(&six, 0, sizeof six);
  strcpy(copy, text);
  int result = WSAStringToAddressA(copy, family, NULL, (struct sockaddr *)&six, &size);
  printf("%s: %d, error %d, %d bytes, port %d\n", text, result, result ? WSAGetLastError() : 0, size,
         ntohs(six.sin6_port));
}

static void names(void) {
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(80)};
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(443)};
  char node[64] = "", service[32] = "";
  four.sin_addr.s_addr = htonl(0x0A010203);
  six.sin6_addr.s6_addr[15] = 1;
  int result = getnameinfo((struct sockaddr *)&four, sizeof four, node, sizeof node, service, sizeof service,
                           NI_NUMERICHOST | NI_NUMERICSERV);
  printf("numbers: %d %s %s\n", result, node, service);
  result = getnameinfo((struct sockaddr *)&six, sizeof six, node, sizeof node, service, sizeof service,
                       NI_NUMERICHOST | NI_NUMERICSERV);
  printf("numbers: %d %s %s\n", result, node, service);
  result = getnameinfo((struct sockaddr *)&four, sizeof four, NULL, 0, service, sizeof service, 0);
  printf("service: %d %s\n", result, service);
  four.sin_family = 99;
  printf("another family: %d\n", getnameinfo((struct sockaddr *)&four, sizeof four, node, sizeof node, NULL, 0, 0));
  four.sin_family = AF_INET;
  text_of((struct sockaddr *)&four, sizeof four, 64);
  text_of((struct sockaddr *)&six, sizeof six, 64);
  text_of((struct sockaddr *)&four, sizeof four, 5);
  four.sin_port = 0;
  six.sin6_port = 0;
  text_of((struct sockaddr *)&four, sizeof four, 64);
  text_of((struct sockaddr *)&six, sizeof six, 64);
  address_of("10.1.2.3:99", AF_INET, sizeof six);
  address_of("10.1.2.3", AF_INET, sizeof six);
  address_of("10.1.2.3", AF_INET, 4);
  address_of("10.1.2", AF_INET, sizeof six);
  address_of("[::1]:99", AF_INET6, sizeof six);
  address_of("::1", AF_INET6, sizeof six);
  address_of("nothing", AF_INET6, sizeof six);
  struct hostent *host = gethostbyname("127.0.0.1");
  printf("host: %s, family %d, %d bytes, %s, more: %d\n", host->h_name, host->h_addrtype, host->h_length,
         inet_ntoa(*(struct in_addr *)host->h_addr), host->h_addr_list[1] != NULL);
  host = gethostbyname("no.such.host.invalid");
  printf("no host: %d, error %d\n", host == NULL, WSAGetLastError());

  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
  result = getaddrinfo("127.0.0.1", "http", &hints, &found);
  printf("http: %d, port %d\n", result, ntohs(((struct sockaddr_in *)found->ai_addr)->sin_port));
  freeaddrinfo(found);
  hints.ai_flags = AI_NUMERICSERV;
  printf("as a number: %d\n", getaddrinfo("127.0.0.1", "http", &hints, &found));
}

static void datagrams(void) {
  struct sockaddr_in name = {.sin_family = AF_INET}, peer;
  struct sockaddr nothing = {0};
  int length = sizeof name;
  SOCKET one = socket(AF_INET, SOCK_DGRAM, 0), stream = socket(AF_INET, SOCK_STREAM, 0);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(one, (struct sockaddr *)&name, sizeof name);
  getsockname(one, (struct sockaddr *)&name, &length);
  printf("connect: %d, ", connect(one, (struct sockaddr *)&name, sizeof name));
  printf("peer: %d, ", getpeername(one, (struct sockaddr *)&peer, &length));
  printf("to nothing: %d, ", connect(one, &nothing, sizeof nothing));
  printf("peer: %d, ", getpeername(one, (struct sockaddr *)&peer, &length));
  printf("error %d\n", WSAGetLastError());
  struct linger linger = {1, 1};
  length = sizeof linger;
  printf("linger: %d", getsockopt(one, SOL_SOCKET, SO_LINGER, (char *)&linger, &length));
  printf(", error %d\n", WSAGetLastError());
  printf("datagrams of TCP: %d, ", socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP) == INVALID_SOCKET);
  printf("error %d\n", WSAGetLastError());
  printf("poll none: %d, ", WSAPoll(NULL, 0, 0));
  printf("error %d\n", WSAGetLastError());
  closesocket(one);
  closesocket(stream);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  connections();
  names();
  datagrams();
  WSACleanup();
  return 0;
}
