// The wide forms of what turns names and addresses into each other, and services by name.
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <winsock2.h>

#include <ws2tcpip.h>

static void print(const WCHAR *text) {
  char narrow[128];
  WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, sizeof narrow, NULL, NULL);
  printf("  \"%s\"\n", narrow);
}

static void resolve(const WCHAR *node, const WCHAR *service, int flags) {
  ADDRINFOW hints, *found = NULL;
  memset(&hints, 0, sizeof hints);
  hints.ai_flags = flags;
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  int error = GetAddrInfoW(node, service, &hints, &found);
  printf("resolve: %d, %d\n", error, found != NULL);
  if (!found) return;
  const struct sockaddr_in *address = (const struct sockaddr_in *)found->ai_addr;
  printf("  %d, %d bytes, %s, %d, alone %d\n", found->ai_family, (int)found->ai_addrlen, inet_ntoa(address->sin_addr),
         ntohs(address->sin_port), found->ai_next == NULL);
  if (found->ai_canonname) print(found->ai_canonname);
  FreeAddrInfoW(found);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  resolve(L"127.0.0.1", L"80", 0);
  resolve(L"127.0.0.1", L"http", AI_CANONNAME);
  resolve(NULL, L"1234", AI_PASSIVE);
  resolve(NULL, NULL, 0);
  resolve(L"no address", NULL, AI_NUMERICHOST);

  struct sockaddr_in address;
  INT size = sizeof address;
  WCHAR four[] = L"1.2.3.4:80", none[] = L"none", text[64];
  int result = WSAStringToAddressW(four, AF_INET, NULL, (struct sockaddr *)&address, &size);
  printf("from text: %d, %d bytes, port %d\n", result, size, ntohs(address.sin_port));
  result = WSAStringToAddressW(none, AF_INET, NULL, (struct sockaddr *)&address, &size);
  printf("from none: %d, error %d\n", result, WSAGetLastError());
  WSAStringToAddressW(four, AF_INET, NULL, (struct sockaddr *)&address, &size);
  DWORD units = 64;
  result = WSAAddressToStringW((struct sockaddr *)&address, sizeof address, NULL, text, &units);
  printf("to text: %d, %lu\n", result, units);
  print(text);
  units = 4;
  result = WSAAddressToStringW((struct sockaddr *)&address, sizeof address, NULL, text, &units);
  printf("to little room: %d, error %d, %lu\n", result, WSAGetLastError(), units);

  struct in_addr number;
  printf("InetPtonW: %d", InetPtonW(AF_INET, L"10.20.30.40", &number));
  printf(", %lx", (unsigned long)ntohl(number.s_addr));
  printf(", %d\n", InetPtonW(AF_INET, L"10.20.30", &number));
  InetPtonW(AF_INET, L"10.20.30.40", &number);
  print(InetNtopW(AF_INET, &number, text, 64));
  address.sin_addr = number;
  address.sin_port = htons(80);
  WCHAR node[64], service[32];
  result =
      GetNameInfoW((struct sockaddr *)&address, sizeof address, node, 64, service, 32, NI_NUMERICHOST | NI_NUMERICSERV);
  printf("name: %d\n", result);
  print(node);
  print(service);

  static const char *const services[] = {"http", "domain", "nosuchservice", "80"};
  for (int i = 0; i < 4; i++) {
    const struct servent *found = getservbyname(services[i], i % 2 ? "udp" : "tcp");
    if (found)
      printf("%s: %d, %s\n", found->s_name, ntohs(found->s_port), found->s_proto);
    else
      printf("no %s: error %d\n", services[i], WSAGetLastError());
  }
  return 0;
}
