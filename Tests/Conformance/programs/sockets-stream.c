// A connection: bytes arrive in order, whatever the pieces; the end comes after the last of them.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>

static struct sockaddr_in peer;
static int length = sizeof peer, got, total;

static DWORD WINAPI serve(LPVOID parameter) {
  SOCKET listener = *(SOCKET *)parameter;
  SOCKET s = accept(listener, (struct sockaddr *)&peer, &length);
  char bytes[16];
  while ((got = recv(s, bytes, sizeof bytes, 0)) > 0) {
    for (int i = 0; i < got; i++) bytes[i] ^= 0x20;
    total += send(s, bytes, got, 0);
  }
  closesocket(s);
  return 0;
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in name = {0};
  int name_length = sizeof name;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  printf("bind %d", bind(listener, (struct sockaddr *)&name, sizeof name));
  printf(", name %d", getsockname(listener, (struct sockaddr *)&name, &name_length));
  printf(", port chosen %d, listen %d\n", name.sin_port != 0, listen(listener, 4));
  HANDLE server = CreateThread(NULL, 0, serve, &listener, 0, NULL);

  SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
  printf("connect %d\n", connect(client, (struct sockaddr *)&name, sizeof name));
  char sent[200], echoed[200];
  for (int i = 0; i < 200; i++) sent[i] = (char)('A' + i % 26);
  printf("sent %d", send(client, sent, 100, 0));
  printf(" and %d\n", send(client, sent + 100, 100, 0));
  int received = 0, part;
  while (received < 200 && (part = recv(client, echoed + received, 200 - received, 0)) > 0) received += part;
  for (int i = 0; i < 200; i++) echoed[i] ^= 0x20;
  printf("the same: %d\n", memcmp(sent, echoed, 200) == 0);
  printf("shutdown %d\n", shutdown(client, SD_SEND));
  WaitForSingleObject(server, INFINITE);
  printf("server: family %d, length %d, loopback %d, end %d, echoed %d\n", peer.sin_family, length,
         peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK), got, total);
  printf("the server's end: %d\n", recv(client, echoed, sizeof echoed, 0));
  printf("and again: %d\n", recv(client, echoed, sizeof echoed, 0));
  CloseHandle(server);
  closesocket(client);
  closesocket(listener);
  WSACleanup();
  return 0;
}
