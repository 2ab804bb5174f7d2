// The extensions that an import library has, called by name, beside those that are asked for by identifier.
#include <winsock2.h>

#include <mswsock.h>
#include <stdio.h>
#include <ws2tcpip.h>

#define ADDRESS_ROOM (sizeof(struct sockaddr_in6) + 16)

static DWORD finish(SOCKET s, WSAOVERLAPPED *overlapped, const char *what) {
  DWORD bytes = 0, flags = 0;
  BOOL done = WSAGetOverlappedResult(s, overlapped, &bytes, TRUE, &flags);
  printf("%s: %d, %lu bytes\n", what, done, bytes);
  return bytes;
}

static void *function(SOCKET s, GUID id) {
  void *found = NULL;
  DWORD bytes;
  WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &found, sizeof found, &bytes, NULL, NULL);
  return found;
}

int main(void) {
  WSADATA data;
  struct sockaddr_in6 here = {.sin6_family = AF_INET6}, any = {.sin6_family = AF_INET6};
  int length = sizeof here;
  char output[64 + 2 * ADDRESS_ROOM];
  WSAOVERLAPPED accepting = {0}, connecting = {0}, ending = {0};
  WSAStartup(MAKEWORD(2, 2), &data);
  here.sin6_addr = in6addr_loopback;
  SOCKET listener = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP), client = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
  SOCKET server = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
  accepting.hEvent = WSACreateEvent();
  connecting.hEvent = WSACreateEvent();
  ending.hEvent = WSACreateEvent();
  printf("bind %d %d\n", bind(listener, (struct sockaddr *)&here, sizeof here),
         bind(client, (struct sockaddr *)&any, sizeof any));
  getsockname(listener, (struct sockaddr *)&here, &length);
  printf("listen %d\n", listen(listener, 1));

  GUID connect_id = WSAID_CONNECTEX, disconnect_id = WSAID_DISCONNECTEX;
  LPFN_CONNECTEX connect_ex = (LPFN_CONNECTEX)function(client, connect_id);
  LPFN_DISCONNECTEX disconnect_ex = (LPFN_DISCONNECTEX)function(client, disconnect_id);
  BOOL accepts = AcceptEx(listener, server, output, 64, ADDRESS_ROOM, ADDRESS_ROOM, NULL, &accepting);
  printf("accept begins: %d error %d\n", accepts, WSAGetLastError());
  BOOL connects = connect_ex(client, (struct sockaddr *)&here, sizeof here, "first bytes", 11, NULL, &connecting);
  if (!connects && WSAGetLastError() != WSA_IO_PENDING) printf("connect: error %d\n", WSAGetLastError());
  finish(client, &connecting, "connect and send");
  DWORD received = finish(listener, &accepting, "accept and receive");
  printf("[%.*s]\n", (int)received, output);

  struct sockaddr *local = NULL, *remote = NULL;
  int local_length = 0, remote_length = 0;
  GetAcceptExSockaddrs(output, 64, ADDRESS_ROOM, ADDRESS_ROOM, &local, &local_length, &remote, &remote_length);
  const struct sockaddr_in6 *from = (struct sockaddr_in6 *)remote, *to = (struct sockaddr_in6 *)local;
  printf("lengths %d %d, port %d, loopback %d %d\n", local_length == sizeof *to, remote_length == sizeof *from,
         to->sin6_port == here.sin6_port, IN6_IS_ADDR_LOOPBACK(&to->sin6_addr) != 0,
         IN6_ADDR_EQUAL(&from->sin6_addr, &to->sin6_addr) != 0);
  printf("update %d %d\n", setsockopt(server, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener),
         setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0));

  BOOL ends = disconnect_ex(client, &ending, 0, 0);
  if (ends || WSAGetLastError() == WSA_IO_PENDING) finish(client, &ending, "disconnect");
  printf("end of data %d\n", recv(server, output, sizeof output, 0));

  IN6_ADDR address;
  static const char *const texts[] = {"::", "::1", "ff02::1", "fe80::5", "::ffff:1.2.3.4", "2001:db8::1"};
  for (int i = 0; i < 6; i++) {
    inet_pton(AF_INET6, texts[i], &address);
    printf("%s: %d%d%d%d%d\n", texts[i], IN6_IS_ADDR_UNSPECIFIED(&address) != 0, IN6_IS_ADDR_LOOPBACK(&address) != 0,
           IN6_IS_ADDR_MULTICAST(&address) != 0, IN6_IS_ADDR_LINKLOCAL(&address) != 0,
           IN6_IS_ADDR_V4MAPPED(&address) != 0);
  }
  closesocket(server);
  closesocket(client);
  closesocket(listener);
  WSACleanup();
  return 0;
}
