// A socket has a port or completion routines, not both; Winsock's error for a file that is none; kinds that name no
// protocol; what WSAStartup says before it refuses.
#include <mswsock.h>
#include <stdio.h>
#include <windows.h>
#include <winsock2.h>

static void CALLBACK routine(DWORD error, DWORD bytes, OVERLAPPED *overlapped, DWORD flags) {
  (void)overlapped;
  printf("routine: error %lu, %lu bytes, flags %lx\n", error, bytes, flags);
}

static void show(const char *what, int result) {
  printf("%s: %d, error %d\n", what, result, result < 0 ? WSAGetLastError() : 0);
}

static void try_kind(int family, int type, int protocol) {
  SOCKET made = socket(family, type, protocol);
  printf("%d, %d, %d: %s, error %d\n", family, type, protocol, made == INVALID_SOCKET ? "none" : "made",
         made == INVALID_SOCKET ? WSAGetLastError() : 0);
  if (made != INVALID_SOCKET) closesocket(made);
}

int main(void) {
  WSADATA data = {0};
  printf("version 0.0: %d", WSAStartup(0, &data));
  printf(", %x of %x\n", data.wVersion, data.wHighVersion);
  printf("version 2.2: %d", WSAStartup(MAKEWORD(2, 2), &data));
  printf(", %x of %x\n", data.wVersion, data.wHighVersion);
  try_kind(AF_UNSPEC, SOCK_STREAM, 0);
  try_kind(AF_UNSPEC, 0, 0);
  try_kind(AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP);
  try_kind(AF_INET, 0, IPPROTO_UDP);

  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int length = sizeof address;
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&address, sizeof address);
  getsockname(listener, (struct sockaddr *)&address, &length);
  listen(listener, 1);
  connect(client, (struct sockaddr *)&address, sizeof address);
  SOCKET server = accept(listener, NULL, NULL);

  char bytes[8];
  WSABUF buffer = {sizeof bytes, bytes};
  DWORD flags = 0, sent = 0;
  OVERLAPPED overlapped = {0};
  show("with a routine", WSARecv(server, &buffer, 1, NULL, &flags, &overlapped, routine));
  WSABUF text = {3, "abc"};
  show("send", WSASend(client, &text, 1, &sent, 0, NULL, NULL));
  printf("SleepEx: %lu\n", SleepEx(INFINITE, TRUE));

  HANDLE port = CreateIoCompletionPort((HANDLE)server, NULL, 1, 0);
  show("with a port, too", WSARecv(server, &buffer, 1, NULL, &flags, &overlapped, routine));
  show("sending", WSASend(server, &text, 1, &sent, 0, &overlapped, routine));
  show("with the port", WSARecv(server, &buffer, 1, NULL, &flags, &overlapped, NULL));
  send(client, "de", 2, 0);
  ULONG_PTR key = 0;
  OVERLAPPED *which = NULL;
  DWORD moved = 0;
  BOOL done = GetQueuedCompletionStatus(port, &moved, &key, &which, INFINITE);
  printf("packet: %d, %lu bytes, %d\n", done, moved, which == &overlapped);

  GUID id = WSAID_TRANSMITFILE;
  LPFN_TRANSMITFILE transmit;
  WSAIoctl(client, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &transmit, sizeof transmit, &moved, NULL, NULL);
  show("no file", transmit(client, (HANDLE)(ULONG_PTR)0xABCDEC, 0, 0, NULL, NULL, 0) ? 0 : -1);
  return 0;
}
