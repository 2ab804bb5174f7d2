// WSAEventSelect: a reset is told of while there are data that nobody has received; a shutdown only behind them.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>
#include <windows.h>

static SOCKET listener, client, server;
static struct sockaddr_in address;
static WSAEVENT event;

static void connect_pair(void) {
  client = socket(AF_INET, SOCK_STREAM, 0);
  connect(client, (struct sockaddr *)&address, sizeof address);
  server = accept(listener, NULL, NULL);
}

static void reset(SOCKET socket) {
  struct linger hard = {1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof hard);
  closesocket(socket);
}

static LONG wait_for_events(void) {
  WSANETWORKEVENTS events;
  DWORD waited = WSAWaitForMultipleEvents(1, &event, FALSE, 5000, FALSE);
  if (waited != WSA_WAIT_EVENT_0) printf("wait %lu\n", waited);
  int result = WSAEnumNetworkEvents(client, event, &events);
  if (result != 0) printf("enumerate %d\n", WSAGetLastError());
  return events.lNetworkEvents;
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  event = WSACreateEvent();
  listener = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listener, (struct sockaddr *)&address, sizeof address);
  listen(listener, 5);
  int length = sizeof address;
  getsockname(listener, (struct sockaddr *)&address, &length);

  connect_pair();
  WSAEventSelect(client, event, FD_READ | FD_CLOSE);
  reset(server);
  printf("reset: %lx\n", wait_for_events());
  closesocket(client);

  connect_pair();
  send(server, "data", 4, 0);
  WSAEventSelect(client, event, FD_READ | FD_CLOSE);
  WSAWaitForMultipleEvents(1, &event, FALSE, 5000, FALSE);
  reset(server);
  Sleep(100);
  printf("data and reset: %lx\n", wait_for_events());
  closesocket(client);

  char bytes[8];
  connect_pair();
  send(server, "data", 4, 0);
  shutdown(server, SD_SEND);
  Sleep(100);
  WSAEventSelect(client, event, FD_READ | FD_CLOSE);
  printf("data: %lx\n", wait_for_events() & FD_READ);
  printf("received %d\n", recv(client, bytes, 2, 0));
  printf("the rest: %lx\n", wait_for_events() & FD_READ);
  printf("received %d\n", recv(client, bytes, sizeof bytes, 0));
  printf("shutdown: %lx\n", wait_for_events());
  printf("received %d\n", recv(client, bytes, sizeof bytes, 0));
  return 0;
}
