// ConnectEx: a bound socket connects, and sends at once; it may be refused.
#include <winsock2.h>

#include <mswsock.h>
#include <stdio.h>
#include <string.h>

static LPFN_CONNECTEX connect_ex;
static LPFN_DISCONNECTEX disconnect_ex;

static void *extension(SOCKET s, GUID id) {
  void *function = NULL;
  DWORD bytes;
  WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function, &bytes, NULL, NULL);
  return function;
}

static struct sockaddr_in loopback(void) {
  struct sockaddr_in name = {0};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
  GUID connect_id = WSAID_CONNECTEX, disconnect_id = WSAID_DISCONNECTEX;
  connect_ex = (LPFN_CONNECTEX)extension(s, connect_id);
  disconnect_ex = (LPFN_DISCONNECTEX)extension(s, disconnect_id);
  printf("functions %d %d\n", connect_ex != NULL, disconnect_ex != NULL);
  struct sockaddr_in name = loopback(), any = loopback(), peer;
  int length = sizeof name;
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  listen(listener, 2);
  OVERLAPPED o = {0};
  DWORD bytes = 99, flags;
  o.hEvent = WSACreateEvent();

  BOOL done = connect_ex(s, (struct sockaddr *)&name, sizeof name, NULL, 0, &bytes, &o);
  printf("unbound: %d, error %d\n", done, WSAGetLastError());
  bind(s, (struct sockaddr *)&any, sizeof any);
  done = connect_ex(s, (struct sockaddr *)&name, sizeof name, NULL, 0, &bytes, NULL);
  printf("no OVERLAPPED: %d, error %d\n", done, WSAGetLastError());
  done = connect_ex(s, (struct sockaddr *)&name, sizeof name, "greetings", 9, &bytes, &o);
  printf("connect: %d, error %d\n", done, WSAGetLastError());
  SOCKET accepted = accept(listener, NULL, NULL);
  done = WSAGetOverlappedResult(s, &o, &bytes, TRUE, &flags);
  printf("connected: %d, %u bytes sent\n", done, (unsigned)bytes);
  char text[32] = "";
  printf("received %d", recv(accepted, text, sizeof text, 0));
  printf(" %s\n", text);
  printf("update %d", setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0));
  length = sizeof peer;
  printf(", peer %d", getpeername(s, (struct sockaddr *)&peer, &length));
  printf(", the right one %d\n", peer.sin_port == name.sin_port);
  done = connect_ex(s, (struct sockaddr *)&name, sizeof name, NULL, 0, &bytes, &o);
  printf("again: %d, error %d\n", done, WSAGetLastError());
  int seconds = -1;
  length = sizeof seconds;
  getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length);
  printf("connected for a while: %d\n", seconds >= 0 && seconds < 60);

  done = disconnect_ex(s, NULL, 0, 0);
  printf("disconnect: %d\n", done);
  printf("the other side sees the end: %d\n", recv(accepted, text, sizeof text, 0));
  done = disconnect_ex(INVALID_SOCKET, NULL, 0, 0);
  printf("disconnect nothing: %d, error %d\n", done, WSAGetLastError());
  closesocket(accepted);
  closesocket(s);

  s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
  done = disconnect_ex(s, NULL, 0, 0);
  printf("disconnect what is not connected: %d, error %d\n", done, WSAGetLastError());
  closesocket(listener);
  bind(s, (struct sockaddr *)&any, sizeof any);
  HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, 5, 0);
  OVERLAPPED refused = {0}, *which = NULL;
  ULONG_PTR key;
  done = connect_ex(s, (struct sockaddr *)&name, sizeof name, NULL, 0, &bytes, &refused);
  printf("to nobody: %d, error %d\n", done, WSAGetLastError());
  done = GetQueuedCompletionStatus(port, &bytes, &key, &which, INFINITE);
  printf("refused: %d, error %d, %u bytes, key %u\n", done, (int)GetLastError(), (unsigned)bytes, (unsigned)key);
  done = WSAGetOverlappedResult(s, &refused, &bytes, FALSE, &flags);
  printf("to Winsock: %d, error %d\n", done, WSAGetLastError());
  closesocket(s);
  CloseHandle(port);
  WSACloseEvent(o.hEvent);
  WSACleanup();
  return 0;
}
