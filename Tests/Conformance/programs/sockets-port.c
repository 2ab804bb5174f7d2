// Sockets on a completion port: every overlapped operation that did not fail at once has a packet, in whatever way it
// ended; the ones that succeed at once have none when the program says so.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>

static HANDLE port;

static void connect_pair(SOCKET pair[2]) {
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in name = {0};
  int length = sizeof name;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 1);
  pair[0] = socket(AF_INET, SOCK_STREAM, 0);
  connect(pair[0], (struct sockaddr *)&name, sizeof name);
  pair[1] = accept(listener, NULL, NULL);
  closesocket(listener);
}

static void dequeue(const char *what, OVERLAPPED *expected, DWORD ms) {
  DWORD bytes = 99;
  ULONG_PTR key = 99;
  OVERLAPPED *o = NULL;
  BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &o, ms);
  int error = done ? 0 : (int)GetLastError();
  if (!o)
    printf("%s: nothing, error %d\n", what, error);
  else
    printf("%s: %d, error %d, %u bytes, key %u, the right one %d\n", what, done, error, (unsigned)bytes, (unsigned)key,
           o == expected);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET pair[2];
  connect_pair(pair);
  port = CreateIoCompletionPort((HANDLE)pair[0], NULL, 11, 0);
  printf("new port %d", port != NULL);
  printf(", the second on it %d\n", CreateIoCompletionPort((HANDLE)pair[1], port, 22, 0) == port);
  HANDLE again = CreateIoCompletionPort((HANDLE)pair[1], port, 33, 0);
  printf("twice: %d, error %d\n", again != NULL, (int)GetLastError());

  char bytes[32] = "";
  WSABUF in = {sizeof bytes - 1, bytes}, out = {4, "ping"};
  OVERLAPPED receiving = {0}, sending = {0};
  DWORD count, flags = 0;
  int result = WSARecv(pair[0], &in, 1, NULL, &flags, &receiving, NULL);
  printf("receive: %d, error %d\n", result, WSAGetLastError());
  dequeue("before", NULL, 0);
  result = WSASend(pair[1], &out, 1, &count, 0, &sending, NULL);
  printf("send: %d, %u\n", result, (unsigned)count);
  OVERLAPPED *o;
  ULONG_PTR key;
  int seen = 0;
  for (int i = 0; i < 2; i++) {
    BOOL done = GetQueuedCompletionStatus(port, &count, &key, &o, INFINITE);
    if (done && count == 4 && o == &receiving && key == 11) seen |= 1;
    if (done && count == 4 && o == &sending && key == 22) seen |= 2;
  }
  printf("both packets: %d, %s\n", seen, bytes);

  printf("modes %d\n", SetFileCompletionNotificationModes((HANDLE)pair[1], FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
  result = WSASend(pair[1], &out, 1, &count, 0, &sending, NULL);
  printf("send: %d, %u\n", result, (unsigned)count);
  dequeue("no packet", NULL, 0);
  printf("received %d\n", recv(pair[0], bytes, 4, 0));

  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  memset(&receiving, 0, sizeof receiving);
  receiving.hEvent = (HANDLE)((ULONG_PTR)event | 1);
  flags = 0;
  WSARecv(pair[0], &in, 1, NULL, &flags, &receiving, NULL);
  send(pair[1], "quiet", 5, 0);
  printf("an event with its low bit set: %d\n", WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
  dequeue("no packet", NULL, 0);

  memset(&receiving, 0, sizeof receiving);
  flags = 0;
  WSARecv(pair[0], &in, 1, NULL, &flags, &receiving, NULL);
  shutdown(pair[1], SD_SEND);
  dequeue("the end of the stream", &receiving, INFINITE);
  flags = 0;
  WSARecv(pair[0], &in, 1, &count, &flags, &receiving, NULL);
  dequeue("and again", &receiving, INFINITE);
  printf("posted %d\n", PostQueuedCompletionStatus(port, 7, 8, &sending));
  dequeue("posted", &sending, INFINITE);
  closesocket(pair[0]);
  closesocket(pair[1]);
  CloseHandle(event);
  CloseHandle(port);
  WSACleanup();
  return 0;
}
