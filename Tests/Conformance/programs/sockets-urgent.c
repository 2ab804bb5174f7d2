// Urgent bytes: asked for by themselves, the mark, what comes behind them for receives that are pending, and in line.
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <winsock2.h>

static SOCKET here, there;

static void connect_pair(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  int length = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&address, sizeof address);
  getsockname(listener, (struct sockaddr *)&address, &length);
  listen(listener, 1);
  here = socket(AF_INET, SOCK_STREAM, 0);
  connect(here, (struct sockaddr *)&address, sizeof address);
  there = accept(listener, NULL, NULL);
  closesocket(listener);
}

static void show(const char *what, int result) {
  printf("%s: %d, error %d\n", what, result, result < 0 ? WSAGetLastError() : 0);
}

static void mark(void) {
  u_long has_none = 9;
  int result = ioctlsocket(there, SIOCATMARK, &has_none);
  printf("mark: %d, %lu\n", result, has_none);
}

/// Waits until something can be received, urgent or not.
static void await(BOOL urgent) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(there, &set);
  select(0, urgent ? NULL : &set, NULL, urgent ? &set : NULL, NULL);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  connect_pair();
  char buffer[16] = {0};
  mark();
  show("send urgent", send(here, "!", 1, MSG_OOB));
  await(TRUE);
  mark();
  show("receive urgent", recv(there, buffer, 1, MSG_OOB));
  printf("'%c'\n", buffer[0]);

  // Two receives wait behind the mark.
  OVERLAPPED overlapped[2] = {{0}, {0}};
  WSABUF parts[2] = {{4, buffer}, {4, buffer + 4}};
  memset(buffer, '.', sizeof buffer - 1);
  for (int i = 0; i < 2; i++) {
    overlapped[i].hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    DWORD flags = 0;
    int result = WSARecv(there, &parts[i], 1, NULL, &flags, &overlapped[i], NULL);
    printf("receive %d: %d, error %d\n", i, result, WSAGetLastError());
  }
  show("send", send(here, "ABCDEF", 6, 0));
  for (int i = 0; i < 2; i++) {
    DWORD bytes = 0, flags = 9;
    BOOL done = WSAGetOverlappedResult(there, &overlapped[i], &bytes, TRUE, &flags);
    printf("result %d: %d, %lu bytes, flags %lx\n", i, done, bytes, flags);
  }
  printf("\"%.8s\"\n", buffer);

  BOOL in_line = TRUE;
  show("in line", setsockopt(there, SOL_SOCKET, SO_OOBINLINE, (char *)&in_line, sizeof in_line));
  show("send urgent", send(here, "?", 1, MSG_OOB));
  await(FALSE);
  mark();
  show("receive urgent", recv(there, buffer, 1, MSG_OOB));
  show("receive", recv(there, buffer, sizeof buffer, 0));
  printf("'%c'\n", buffer[0]);
  return 0;
}
