// WSASendMsg and WSARecvMsg: parts, addresses, messages that are cut, and a receive that is pending.
#include <mswsock.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <winsock2.h>

static SOCKET make(int type, struct sockaddr_in *address) {
  int length = sizeof *address;
  SOCKET made = socket(AF_INET, type, 0);
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(made, (struct sockaddr *)address, sizeof *address);
  getsockname(made, (struct sockaddr *)address, &length);
  return made;
}

static void show(const char *what, int result) {
  printf("%s: %d, error %d\n", what, result, result < 0 ? WSAGetLastError() : 0);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  struct sockaddr_in here, there, from, of_stream;
  SOCKET sender = make(SOCK_DGRAM, &here), receiver = make(SOCK_DGRAM, &there), stream = make(SOCK_STREAM, &of_stream);
  GUID id = WSAID_WSARECVMSG;
  LPFN_WSARECVMSG receive = NULL;
  DWORD bytes = 0;
  show("the function", WSAIoctl(receiver, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &receive, sizeof receive,
                                &bytes, NULL, NULL));

  WSABUF out[2] = {{2, "ab"}, {3, "cde"}};
  WSAMSG message = {.name = (struct sockaddr *)&there, .namelen = sizeof there, .lpBuffers = out, .dwBufferCount = 2};
  show("send", WSASendMsg(sender, &message, 0, &bytes, NULL, NULL));
  printf("%lu bytes\n", bytes);

  char first[4], second[8];
  WSABUF in[2] = {{sizeof first, first}, {sizeof second, second}};
  memset(first, '.', sizeof first);
  memset(second, '.', sizeof second);
  WSAMSG got = {.name = (struct sockaddr *)&from, .namelen = sizeof from, .lpBuffers = in, .dwBufferCount = 2};
  show("receive", receive(receiver, &got, &bytes, NULL, NULL));
  printf("%lu bytes, \"%.4s\" \"%.8s\", from the sender %d, %d\n", bytes, first, second, from.sin_port == here.sin_port,
         got.namelen);

  show("send", WSASendMsg(sender, &message, 0, &bytes, NULL, NULL));
  got.dwBufferCount = 1;
  got.namelen = sizeof from;
  show("receive too little", receive(receiver, &got, &bytes, NULL, NULL));

  OVERLAPPED overlapped = {0};
  overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  got.dwBufferCount = 2;
  got.namelen = sizeof from;
  got.dwFlags = 0;
  memset(&from, 0, sizeof from);
  show("receive later", receive(receiver, &got, NULL, &overlapped, NULL));
  show("send", WSASendMsg(sender, &message, 0, &bytes, NULL, NULL));
  DWORD flags = 0;
  BOOL done = WSAGetOverlappedResult(receiver, &overlapped, &bytes, TRUE, &flags);
  printf("result: %d, %lu bytes, from the sender %d\n", done, bytes, from.sin_port == here.sin_port);

  show("no socket", WSASendMsg(INVALID_SOCKET, &message, 0, &bytes, NULL, NULL));
  return 0;
}
