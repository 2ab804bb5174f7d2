// A receive from the program's own other socket, which never sends.
#include <winsock2.h>

#include <windows.h>

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int bytes = sizeof place;
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), sender = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&place, sizeof place);
  listen(listener, 1);
  getsockname(listener, (struct sockaddr *)&place, &bytes);
  connect(sender, (struct sockaddr *)&place, sizeof place);
  SOCKET receiver = accept(listener, NULL, NULL);
  static char room[8];
  WSABUF buffer = {.len = sizeof room, .buf = room};
  WSAOVERLAPPED overlapped = {.hEvent = WSACreateEvent()};
  DWORD flags = 0;
  WSARecv(receiver, &buffer, 1, NULL, &flags, &overlapped, NULL);
  WaitForSingleObject(overlapped.hEvent, INFINITE);
  return 0;
}
