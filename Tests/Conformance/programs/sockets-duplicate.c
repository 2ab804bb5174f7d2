// WSADuplicateSocket: a second handle of a socket in the same process, and one in a child that goes on with a
// connection.
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <winsock2.h>

#define NAME "\\\\.\\pipe\\latewrite-sockets-duplicate"

static void show(const char *what, int result) {
  printf("%s: %d, error %d\n", what, result, result < 0 ? WSAGetLastError() : 0);
}

static int child(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  HANDLE pipe = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  WSAPROTOCOL_INFOA info;
  DWORD bytes = 0;
  ReadFile(pipe, &info, sizeof info, &bytes, NULL);
  SOCKET socket = WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
  char text[16] = {0};
  int length = recv(socket, text, sizeof text, 0);
  for (int i = 0; i < length; i++) text[i] -= 32;
  return send(socket, text, length, 0);
}

static SOCKET here, there;

static void connect_pair(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  int length = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), second;
  bind(listener, (struct sockaddr *)&address, sizeof address);
  getsockname(listener, (struct sockaddr *)&address, &length);

  WSAPROTOCOL_INFOA info;
  show("duplicate", WSADuplicateSocketA(listener, GetCurrentProcessId(), &info));
  second = WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
  printf("another handle: %d\n", second != INVALID_SOCKET && second != listener);
  show("listen with the second", listen(second, 1));
  show("close the first", closesocket(listener));
  here = socket(AF_INET, SOCK_STREAM, 0);
  show("connect", connect(here, (struct sockaddr *)&address, sizeof address));
  there = accept(second, NULL, NULL);
  printf("accept with the second: %d\n", there != INVALID_SOCKET);
  closesocket(second);
}

int main(int count, char **arguments) {
  (void)arguments;
  if (count > 1) return child();
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  connect_pair();
  HANDLE pipe = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 0, 0, 0, NULL);
  char program[MAX_PATH], line[MAX_PATH + 16], text[16] = {0};
  GetModuleFileNameA(NULL, program, sizeof program);
  snprintf(line, sizeof line, "\"%s\" child", program);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION information;
  CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information);
  ConnectNamedPipe(pipe, NULL);
  WSAPROTOCOL_INFOA info;
  show("duplicate into the child", WSADuplicateSocketA(there, information.dwProcessId, &info));
  show("close", closesocket(there));
  DWORD bytes = 0;
  WriteFile(pipe, &info, sizeof info, &bytes, NULL);
  show("send", send(here, "hello", 5, 0));
  int length = recv(here, text, sizeof text, 0);
  printf("%d bytes, \"%s\"\n", length, text);
  WaitForSingleObject(information.hProcess, INFINITE);
  show("after the child", recv(here, text, sizeof text, 0));

  show("no socket", WSADuplicateSocketA(INVALID_SOCKET, GetCurrentProcessId(), &info));
  show("no process", WSADuplicateSocketA(here, 0x7FFFFFFC, &info));
  return 0;
}
