// shutdown ends one direction at a time; what is forbidden afterwards has an error of its own.
#include <winsock2.h>

#include <stdio.h>

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

#define CALL(call)                                                                                                     \
  do {                                                                                                                 \
    int result = (int)(call);                                                                                          \
    printf("%-32s %d", #call, result);                                                                                 \
    if (result == SOCKET_ERROR) printf(", error %d", WSAGetLastError());                                               \
    printf("\n");                                                                                                      \
  } while (0)

int main(void) {
  WSADATA data;
  char bytes[8] = {0};
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET alone = socket(AF_INET, SOCK_STREAM, 0);
  CALL(shutdown(alone, SD_SEND));
  CALL(recv(alone, bytes, 1, 0));
  closesocket(alone);

  SOCKET pair[2];
  connect_pair(pair);
  SOCKET a = pair[0], b = pair[1];
  CALL(shutdown(a, 7));
  CALL(send(a, "abc", 3, 0));
  CALL(shutdown(a, SD_SEND));
  CALL(send(a, "d", 1, 0));
  CALL(recv(b, bytes, 8, 0));
  CALL(recv(b, bytes, 8, 0));
  CALL(send(b, "efgh", 4, 0));
  CALL(recv(a, bytes, 2, 0));
  CALL(recv(a, bytes, 8, 0));
  CALL(shutdown(b, SD_BOTH));
  CALL(recv(a, bytes, 8, 0));
  CALL(send(b, "i", 1, 0));
  CALL(recv(b, bytes, 8, 0));
  CALL(closesocket(a));
  CALL(closesocket(b));
  CALL(shutdown(b, SD_BOTH));

  connect_pair(pair);
  a = pair[0], b = pair[1];
  CALL(shutdown(a, SD_RECEIVE));
  CALL(recv(a, bytes, 8, 0));
  CALL(send(a, "j", 1, 0));
  CALL(recv(b, bytes, 8, 0));
  closesocket(a);
  closesocket(b);
  WSACleanup();
  return 0;
}
