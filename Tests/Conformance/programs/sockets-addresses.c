// Addresses and numbers as text and in network order.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>
#include <ws2tcpip.h>

static void show_addr(const char *text) {
  printf("inet_addr(\"%s\") = %08x\n", text, (unsigned)ntohl(inet_addr(text)));
}

static void ask(const char *node, const char *service, int family, int flags) {
  struct addrinfo hints = {0}, *result = NULL;
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  hints.ai_flags = flags;
  int error = getaddrinfo(node, service, &hints, &result);
  printf("getaddrinfo(%s, %s, %d, %d): %d", node ? node : "NULL", service ? service : "NULL", family, flags, error);
  if (error == 0) {
    struct sockaddr_in *name = (struct sockaddr_in *)result->ai_addr;
    printf(", family %d, type %d, protocol %d, length %d", result->ai_family, result->ai_socktype, result->ai_protocol,
           (int)result->ai_addrlen);
    if (result->ai_family == AF_INET) printf(", %s port %d", inet_ntoa(name->sin_addr), ntohs(name->sin_port));
    freeaddrinfo(result);
  }
  printf("\n");
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  printf("%x %x %x %x\n", htons(0x1234), (unsigned)htonl(0x12345678), ntohs(0x1234), (unsigned)ntohl(0x12345678));
  show_addr("127.0.0.1");
  show_addr("1.2.3");
  show_addr("1.2");
  show_addr("0x7f.1");
  show_addr("010.0.0.1");
  show_addr("256.1.1.1");
  show_addr("nonsense");
  show_addr("");
  show_addr("255.255.255.255");
  struct in_addr address;
  address.s_addr = htonl(0xC0000201);
  printf("%s\n", inet_ntoa(address));

  char text[INET6_ADDRSTRLEN];
  unsigned char bytes[16];
  printf("pton %d %d %d\n", inet_pton(AF_INET, "10.1.2.3", bytes), inet_pton(AF_INET, "10.1.2", bytes),
         inet_pton(AF_INET, "10.1.2.300", bytes));
  inet_pton(AF_INET, "10.1.2.3", bytes);
  printf("ntop %s\n", inet_ntop(AF_INET, bytes, text, sizeof text));
  printf("pton six %d %d\n", inet_pton(AF_INET6, "2001:db8::17", bytes), inet_pton(AF_INET6, "12345::", bytes));
  inet_pton(AF_INET6, "2001:db8::17", bytes);
  printf("ntop six %s, bytes %02x%02x ... %02x\n", inet_ntop(AF_INET6, bytes, text, sizeof text), bytes[0], bytes[1],
         bytes[15]);
  int result = inet_pton(99, "1.2.3.4", bytes);
  printf("unknown family: %d, error %d\n", result, WSAGetLastError());
  printf("no room: %d\n", inet_ntop(AF_INET, bytes, text, 4) == NULL);

  ask("127.0.0.1", "80", AF_INET, 0);
  ask("localhost", "8080", AF_INET, 0);
  ask(NULL, "1234", AF_INET, AI_PASSIVE);
  ask(NULL, "1234", AF_INET, 0);
  ask("127.0.0.1", NULL, AF_INET, AI_NUMERICHOST);
  ask("not a number", NULL, AF_INET, AI_NUMERICHOST);
  ask("::1", "5", AF_INET6, AI_NUMERICHOST);
  ask(NULL, NULL, AF_INET, 0);
  printf("sizes %d %d %d %d %d\n", (int)sizeof(struct sockaddr), (int)sizeof(struct sockaddr_in),
         (int)sizeof(struct sockaddr_in6), (int)sizeof(struct sockaddr_storage), (int)sizeof(struct addrinfo));
  printf("sizes %d %d %d %d %d\n", (int)sizeof(fd_set), (int)sizeof(struct timeval), (int)sizeof(WSABUF),
         (int)sizeof(WSADATA), (int)sizeof(SOCKET));
  WSACleanup();
  return 0;
}
