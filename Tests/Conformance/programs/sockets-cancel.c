// How operations of a socket end that nobody lets come to their end: cancelled, reset, their thread gone.
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

static char bytes[32];
static WSABUF buffer = {sizeof bytes, bytes};

static int receive(SOCKET s, OVERLAPPED *o) {
  DWORD flags = 0;
  memset(o, 0, sizeof *o);
  return WSARecv(s, &buffer, 1, NULL, &flags, o, NULL);
}

static void dequeue(const char *what, OVERLAPPED *expected) {
  DWORD count = 99;
  ULONG_PTR key;
  OVERLAPPED *o = NULL;
  BOOL done = GetQueuedCompletionStatus(port, &count, &key, &o, INFINITE);
  int error = done ? 0 : (int)GetLastError();
  printf("%s: %d, error %d, %u bytes, status %x, the right one %d\n", what, done, error, (unsigned)count,
         (unsigned)o->Internal, o == expected);
}

static DWORD WINAPI receive_and_leave(LPVOID parameter) {
  static OVERLAPPED o;
  memset(&o, 0, sizeof o);
  o.hEvent = ((HANDLE *)parameter)[1];
  DWORD flags = 0;
  WSARecv((SOCKET)((HANDLE *)parameter)[0], &buffer, 1, NULL, &flags, &o, NULL);
  return 0;
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET pair[2];
  OVERLAPPED a, b;
  DWORD count, flags;
  connect_pair(pair);
  port = CreateIoCompletionPort((HANDLE)pair[0], NULL, 1, 0);
  BOOL done = CancelIoEx((HANDLE)pair[0], &a);
  printf("nothing to cancel: %d, error %d\n", done, (int)GetLastError());
  receive(pair[0], &a);
  receive(pair[0], &b);
  printf("cancel the second: %d\n", CancelIoEx((HANDLE)pair[0], &b));
  dequeue("the second", &b);
  done = WSAGetOverlappedResult(pair[0], &b, &count, FALSE, &flags);
  printf("to Winsock: %d, error %d\n", done, WSAGetLastError());
  send(pair[1], "still good", 10, 0);
  dequeue("the first", &a);
  receive(pair[0], &a);
  receive(pair[0], &b);
  printf("cancel all of this thread: %d\n", CancelIo((HANDLE)pair[0]));
  OVERLAPPED *first = NULL, *second = NULL;
  ULONG_PTR key;
  GetQueuedCompletionStatus(port, &count, &key, &first, INFINITE);
  GetQueuedCompletionStatus(port, &count, &key, &second, INFINITE);
  printf("both, in any order: %d\n", (first == &a && second == &b) || (first == &b && second == &a));
  printf("statuses %x %x\n", (unsigned)a.Internal, (unsigned)b.Internal);
  send(pair[1], "xyz", 3, 0);
  printf("no byte was lost: %d\n", recv(pair[0], bytes, sizeof bytes, 0));
  done = CancelIoEx((HANDLE)pair[0], &a);
  printf("too late: %d, error %d\n", done, (int)GetLastError());

  closesocket(pair[0]);
  closesocket(pair[1]);

  connect_pair(pair);
  CreateIoCompletionPort((HANDLE)pair[0], port, 2, 0);
  receive(pair[0], &a);
  struct linger linger = {1, 0};
  setsockopt(pair[1], SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger);
  closesocket(pair[1]);
  dequeue("reset", &a);
  done = WSAGetOverlappedResult(pair[0], &a, &count, FALSE, &flags);
  printf("to Winsock: %d, error %d\n", done, WSAGetLastError());
  closesocket(pair[0]);

  connect_pair(pair);
  HANDLE both[2] = {(HANDLE)pair[0], CreateEventA(NULL, TRUE, FALSE, NULL)};
  HANDLE thread = CreateThread(NULL, 0, receive_and_leave, both, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  printf("its thread has ended: %d\n", WaitForSingleObject(both[1], INFINITE) == WAIT_OBJECT_0);
  closesocket(pair[0]);
  closesocket(pair[1]);
  CloseHandle(thread);
  CloseHandle(both[1]);
  CloseHandle(port);
  WSACleanup();
  return 0;
}
