// WSAPoll tells what is so of each socket, whether it was asked for or not.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>

static void show(const char *when, WSAPOLLFD *polled, int count, int ms) {
  int ready = WSAPoll(polled, count, ms);
  printf("%s: %d;", when, ready);
  if (ready < 0) printf(" error %d", WSAGetLastError());
  for (int i = 0; i < count && ready >= 0; i++) printf(" %03x", (unsigned)(unsigned short)polled[i].revents);
  printf("\n");
}

int main(void) {
  WSADATA data;
  char bytes[8];
  WSAStartup(MAKEWORD(2, 2), &data);
  struct sockaddr_in name = {0};
  int length = sizeof name;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 2);
  WSAPOLLFD one = {listener, POLLIN, 0};
  show("nobody knocks", &one, 1, 0);
  SOCKET a = socket(AF_INET, SOCK_STREAM, 0);
  connect(a, (struct sockaddr *)&name, sizeof name);
  show("somebody knocks", &one, 1, -1);
  SOCKET b = accept(listener, NULL, NULL);

  WSAPOLLFD pair[2] = {{a, POLLIN | POLLOUT, 0}, {b, POLLIN, 0}};
  show("connected", pair, 2, -1);
  pair[0].events = POLLIN;
  show("nothing to read", pair, 2, 20);
  send(a, "data", 4, 0);
  show("data", pair, 2, -1);
  pair[1].events = POLLOUT;
  show("asked for room only", pair, 2, -1);
  pair[1].events = POLLIN;
  recv(b, bytes, sizeof bytes, 0);
  show("read", pair, 2, 0);
  pair[0].fd = (SOCKET)-1;
  show("passed over", pair, 2, 0);
  pair[0].fd = a;
  shutdown(a, SD_SEND);
  show("the other side sends no more", pair, 2, -1);
  printf("recv %d\n", recv(b, bytes, sizeof bytes, 0));
  show("none", pair, 0, 0);
  closesocket(a);
  closesocket(b);
  closesocket(listener);
  WSACleanup();
  return 0;
}
