// WSAEventSelect tells each thing once, and again after the call that is answerable for it.
#include <stdio.h>
#include <string.h>
#include <winsock2.h>

static void show(const char *when, SOCKET s, WSAEVENT event, int wait) {
  WSANETWORKEVENTS events;
  DWORD waited = WSAWaitForMultipleEvents(1, &event, FALSE, wait ? WSA_INFINITE : 0, FALSE);
  int result = WSAEnumNetworkEvents(s, event, &events);
  printf("%s: set %d, result %d, events %02x", when, waited == WSA_WAIT_EVENT_0, result,
         (unsigned)events.lNetworkEvents);
  for (int i = 0; i < FD_MAX_EVENTS; i++)
    if (events.lNetworkEvents & 1 << i) printf(", error %d", events.iErrorCode[i]);
  printf("\n");
}

static void refused(const struct sockaddr_in *name, WSAEVENT event) {
  SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
  WSAResetEvent(event);
  WSAEventSelect(client, event, FD_CONNECT);
  connect(client, (const struct sockaddr *)name, sizeof *name);
  show("refused", client, event, 1);
  closesocket(client);
}

int main(void) {
  WSADATA data;
  char bytes[16];
  WSAStartup(MAKEWORD(2, 2), &data);
  struct sockaddr_in name = {0};
  int length = sizeof name, result;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 2);
  WSAEVENT knock = WSACreateEvent(), event = WSACreateEvent(), mine = WSACreateEvent();
  printf("select %d %d\n", WSAEventSelect(listener, knock, FD_ACCEPT),
         WSAEventSelect(client, mine, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE));
  show("nobody", listener, knock, 0);
  result = connect(client, (struct sockaddr *)&name, sizeof name);
  printf("connect: %d, error %d\n", result, WSAGetLastError());
  show("somebody", listener, knock, 1);
  show("told once", listener, knock, 0);
  SOCKET s = accept(listener, NULL, NULL);
  printf("accepted %d\n", s != INVALID_SOCKET);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(client, &set);
  select(0, NULL, &set, NULL, NULL);
  WSANETWORKEVENTS events;
  unsigned seen = 0;
  while (seen != (FD_CONNECT | FD_WRITE)) {
    WSAWaitForMultipleEvents(1, &mine, FALSE, WSA_INFINITE, FALSE);
    WSAEnumNetworkEvents(client, mine, &events);
    seen |= (unsigned)events.lNetworkEvents;
  }
  printf("connected and writable: %02x, error %d\n", seen, events.iErrorCode[FD_CONNECT_BIT]);

  printf("another event, others of it: %d\n", WSAEventSelect(s, event, FD_READ | FD_CLOSE));
  show("nothing yet", s, event, 0);
  send(client, "12345", 5, 0);
  show("data", s, event, 1);
  show("told once", s, event, 0);
  printf("a part is received: %d\n", recv(s, bytes, 2, 0));
  show("there is more", s, event, 1);
  printf("the rest: %d\n", recv(s, bytes, sizeof bytes, 0));
  show("nothing", s, event, 0);
  result = recv(s, bytes, sizeof bytes, 0);
  printf("it does not block: %d, error %d\n", result, WSAGetLastError());
  u_long off = 0;
  result = ioctlsocket(s, FIONBIO, &off);
  printf("nor may it: %d, error %d\n", result, WSAGetLastError());
  closesocket(client);
  show("closed", s, event, 1);
  printf("the end: %d\n", recv(s, bytes, sizeof bytes, 0));
  printf("no more events: %d\n", WSAEventSelect(s, NULL, 0));
  printf("blocking again: %d\n", ioctlsocket(s, FIONBIO, &off));
  closesocket(s);

  closesocket(listener);
  refused(&name, mine);
  printf("WSASetEvent %d, ", WSASetEvent(event));
  printf("WSACloseEvent %d ", WSACloseEvent(event));
  BOOL again = WSACloseEvent(event);
  printf("%d, error %d\n", again, WSAGetLastError());
  WSACloseEvent(mine);
  WSACloseEvent(knock);
  WSACleanup();
  return 0;
}
