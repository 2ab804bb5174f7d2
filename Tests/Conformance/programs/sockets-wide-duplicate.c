// WSADuplicateSocketW, and the texts of getaddrinfo's errors.
#include <winsock2.h>

#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <ws2tcpip.h>

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  bind(receiver, (struct sockaddr *)&address, sizeof address);
  int length = sizeof address;
  getsockname(receiver, (struct sockaddr *)&address, &length);

  WSAPROTOCOL_INFOW info;
  printf("duplicate %d\n", WSADuplicateSocketW(receiver, GetCurrentProcessId(), &info));
  printf("family %d type %d protocol %d\n", info.iAddressFamily, info.iSocketType, info.iProtocol);
  SOCKET copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
  printf("copy %d, another %d\n", copy != INVALID_SOCKET, copy != receiver);
  closesocket(receiver);
  sendto(sender, "hello", 5, 0, (struct sockaddr *)&address, sizeof address);
  char bytes[8];
  printf("received %d\n", recv(copy, bytes, sizeof bytes, 0));
  int result = WSADuplicateSocketW(receiver, GetCurrentProcessId(), &info);
  printf("closed: %d error %d\n", result, WSAGetLastError());
  result = WSADuplicateSocketW(copy, GetCurrentProcessId(), NULL);
  printf("NULL: %d error %d\n", result, WSAGetLastError());

  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *found = NULL;
  int error = getaddrinfo("no.number", NULL, &hints, &found);
  printf("error %d, none %d\n", error, error == EAI_NONAME);
  printf("texts %d %d\n", strlen(gai_strerrorA(error)) > 5, strcmp(gai_strerrorA(EAI_FAMILY), gai_strerrorA(0)) != 0);
  closesocket(copy);
  closesocket(sender);
  printf("end %d\n", WSACleanup());
  return 0;
}
