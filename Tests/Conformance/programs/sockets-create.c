// What kinds of sockets there are, and that a socket is a handle like any other but not the other way round.
#include <winsock2.h>

#include <stdio.h>

static void try_kind(const char *what, int family, int type, int protocol) {
  SOCKET s = WSASocketW(family, type, protocol, NULL, 0, WSA_FLAG_OVERLAPPED);
  int error = WSAGetLastError();
  if (s == INVALID_SOCKET) {
    printf("%s: error %d\n", what, error);
    return;
  }
  int kind = 0, length = sizeof kind;
  getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&kind, &length);
  printf("%s: type %d, closed %d\n", what, kind, closesocket(s));
}

static void try_socket(const char *what, SOCKET s) {
  char byte = 0;
  u_long count = 0;
  struct sockaddr_in name = {0};
  int length = sizeof name, result;
  name.sin_family = AF_INET;
  printf("%s:", what);
#define CALL(call) result = (int)(call), printf(" %d/%d", result, WSAGetLastError())
  CALL(recv(s, &byte, 1, 0));
  CALL(send(s, &byte, 1, 0));
  CALL(listen(s, 1));
  CALL(bind(s, (struct sockaddr *)&name, sizeof name));
  CALL(connect(s, (struct sockaddr *)&name, sizeof name));
  CALL(getsockname(s, (struct sockaddr *)&name, &length));
  CALL(getpeername(s, (struct sockaddr *)&name, &length));
  CALL(shutdown(s, SD_BOTH));
  CALL(ioctlsocket(s, FIONREAD, &count));
  CALL(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &byte, 1));
  CALL(WSAEventSelect(s, NULL, 0));
  CALL(closesocket(s));
  SOCKET accepted = accept(s, NULL, NULL);
  printf(" accept %d/%d\n", accepted == INVALID_SOCKET, WSAGetLastError());
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  try_kind("stream", AF_INET, SOCK_STREAM, IPPROTO_TCP);
  try_kind("stream, any protocol", AF_INET, SOCK_STREAM, 0);
  try_kind("datagram", AF_INET, SOCK_DGRAM, IPPROTO_UDP);
  try_kind("datagram, any protocol", AF_INET, SOCK_DGRAM, 0);
  try_kind("unknown family", 99, SOCK_STREAM, 0);
  try_kind("unknown type", AF_INET, 77, 0);
  try_kind("unknown protocol", AF_INET, SOCK_STREAM, 255);

  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
  printf("closed once %d", closesocket(s));
  int again = closesocket(s);
  printf(", twice %d, error %d\n", again, WSAGetLastError());
  try_socket("closed", s);
  try_socket("NULL", 0);
  try_socket("INVALID_SOCKET", INVALID_SOCKET);
  try_socket("an event", (SOCKET)event);
  printf("the event is still there: %d\n", SetEvent(event));
  CloseHandle(event);

  s = socket(AF_INET, SOCK_STREAM, 0);
  BOOL set = SetEvent((HANDLE)s);
  printf("a socket is no event: %d, error %d\n", set, (int)GetLastError());
  printf("file type %u\n", (unsigned)GetFileType((HANDLE)s));
  printf("CloseHandle closes it: %d\n", CloseHandle((HANDLE)s));
  DWORD bytes;
  BOOL written = WriteFile((HANDLE)s, "x", 1, &bytes, NULL);
  printf("it is no handle any more: %d, error %d\n", written, (int)GetLastError());
  WSACleanup();
  return 0;
}
