// TransmitFile sends a head, a file or a part of it, and a tail.
#include <winsock2.h>

#include <mswsock.h>
#include <stdio.h>
#include <string.h>

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

static SOCKET pair[2];

static void receive(const char *what, int bytes) {
  static char text[256];
  int got = 0, part;
  while (got < bytes && (part = recv(pair[1], text + got, bytes - got, 0)) > 0) got += part;
  printf("%s: %d '%.*s'\n", what, got, got, text);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET alone = socket(AF_INET, SOCK_STREAM, 0);
  HANDLE file = CreateFileA("transmitted.txt", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  DWORD count;
  WriteFile(file, "the quick brown fox jumps", 25, &count, NULL);
  TRANSMIT_FILE_BUFFERS ends = {"<head>", 6, "<tail>", 6};
  BOOL done = TransmitFile(alone, file, 0, 0, NULL, NULL, 0);
  printf("not connected: %d, error %d\n", done, WSAGetLastError());
  closesocket(alone);
  done = TransmitFile(INVALID_SOCKET, file, 0, 0, NULL, NULL, 0);
  printf("no socket: %d, error %d\n", done, WSAGetLastError());

  connect_pair(pair);
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  printf("all of it: %d\n", TransmitFile(pair[0], file, 0, 0, NULL, NULL, 0));
  receive("file", 25);
  SetFilePointer(file, 4, NULL, FILE_BEGIN);
  printf("a part: %d\n", TransmitFile(pair[0], file, 5, 0, NULL, &ends, 0));
  receive("head, part, tail", 17);
  printf("ends only: %d\n", TransmitFile(pair[0], NULL, 0, 0, NULL, &ends, 0));
  receive("ends", 12);

  OVERLAPPED o = {0};
  o.hEvent = WSACreateEvent();
  o.Offset = 10;
  done = TransmitFile(pair[0], file, 5, 0, &o, NULL, 0);
  if (!done && WSAGetLastError() == WSA_IO_PENDING) done = GetOverlappedResult((HANDLE)pair[0], &o, &count, TRUE);
  printf("overlapped: %d\n", done);
  receive("from its offset", 5);
  WSACloseEvent(o.hEvent);
  closesocket(pair[0]);
  closesocket(pair[1]);
  CloseHandle(file);
  DeleteFileA("transmitted.txt");
  WSACleanup();
  return 0;
}
