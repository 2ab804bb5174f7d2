// select leaves in its sets what is ready, and waits as long as it was told.
#include <winsock2.h>

#include <stdio.h>

static SOCKET a, b, listener;

static void look(const char *when, int ms) {
  fd_set reading, writing, failing;
  struct timeval time = {ms / 1000, ms % 1000 * 1000};
  FD_ZERO(&reading);
  FD_ZERO(&writing);
  FD_ZERO(&failing);
  FD_SET(a, &reading);
  FD_SET(b, &reading);
  FD_SET(listener, &reading);
  FD_SET(a, &writing);
  FD_SET(a, &failing);
  FD_SET(b, &failing);
  int ready = select(0, &reading, &writing, &failing, &time);
  printf("%s: %d; readable a %d b %d listener %d, writable a %d, failed %u\n", when, ready, FD_ISSET(a, &reading) != 0,
         FD_ISSET(b, &reading) != 0, FD_ISSET(listener, &reading) != 0, FD_ISSET(a, &writing) != 0,
         (unsigned)failing.fd_count);
}

static DWORD WINAPI send_later(LPVOID parameter) {
  (void)parameter;
  Sleep(50);
  send(b, "late", 4, 0);
  return 0;
}

int main(void) {
  WSADATA data;
  char bytes[8];
  WSAStartup(MAKEWORD(2, 2), &data);
  struct sockaddr_in name = {0};
  int length = sizeof name, result;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 2);
  a = socket(AF_INET, SOCK_STREAM, 0);
  connect(a, (struct sockaddr *)&name, sizeof name);
  b = accept(listener, NULL, NULL);

  look("nothing to read", 0);
  send(a, "12345", 5, 0);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(b, &set);
  FD_SET(b, &set);
  printf("twice in a set counts once: %u, select %d\n", (unsigned)set.fd_count, select(0, &set, NULL, NULL, NULL));
  look("b has data", 0);
  recv(b, bytes, sizeof bytes, 0);
  look("read", 0);
  struct timeval short_time = {0, 30000};
  FD_ZERO(&set);
  FD_SET(a, &set);
  FD_SET(b, &set);
  result = select(0, &set, NULL, NULL, &short_time);
  printf("timeout: %d, left in the set %u\n", result, (unsigned)set.fd_count);
  HANDLE thread = CreateThread(NULL, 0, send_later, NULL, 0, NULL);
  FD_SET(a, &set);
  FD_SET(b, &set);
  result = select(0, &set, NULL, NULL, NULL);
  printf("woken by data: %d, a %d\n", result, FD_ISSET(a, &set) != 0);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  SOCKET c = socket(AF_INET, SOCK_STREAM, 0);
  connect(c, (struct sockaddr *)&name, sizeof name);
  FD_ZERO(&set);
  FD_SET(listener, &set);
  printf("somebody knocks: %d\n", select(0, &set, NULL, NULL, NULL));
  closesocket(b);
  FD_ZERO(&set);
  FD_SET(a, &set);
  recv(a, bytes, sizeof bytes, 0);
  printf("the end is readable: %d, recv %d\n", select(0, &set, NULL, NULL, NULL), recv(a, bytes, sizeof bytes, 0));

  result = select(0, NULL, NULL, NULL, &short_time);
  printf("no set: %d, error %d\n", result, WSAGetLastError());
  FD_ZERO(&set);
  result = select(0, &set, &set, NULL, &short_time);
  printf("empty sets: %d, error %d\n", result, WSAGetLastError());
  FD_SET(b, &set);
  result = select(0, &set, NULL, NULL, &short_time);
  printf("a closed socket: %d, error %d\n", result, WSAGetLastError());
  FD_SET(a, &set);
  FD_CLR(b, &set);
  printf("taken out: %u, a is in %d\n", (unsigned)set.fd_count, FD_ISSET(a, &set) != 0);
  closesocket(a);
  closesocket(c);
  closesocket(listener);
  WSACleanup();
  return 0;
}
