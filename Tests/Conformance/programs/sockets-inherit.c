// A child inherits a socket by its value, one that listens, and accepts on it; its parent closes its own handle.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winsock2.h>

static HANDLE start(const char *part, SOCKET socket) {
  char command[1024], self[MAX_PATH];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  GetModuleFileNameA(NULL, self, sizeof self);
  snprintf(command, sizeof command, "\"%s\" %s %llu", self, part, (unsigned long long)socket);
  SetHandleInformation((HANDLE)socket, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information)) {
    printf("CreateProcess: error %lu\n", GetLastError());
    exit(1);
  }
  SetHandleInformation((HANDLE)socket, HANDLE_FLAG_INHERIT, 0);
  CloseHandle(information.hThread);
  return information.hProcess;
}

static DWORD ended(HANDLE process) {
  DWORD code = 0;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  CloseHandle(process);
  return code;
}

static int answer(SOCKET socket) {
  char text[16];
  int got = recv(socket, text, sizeof text, 0);
  if (got != 4) return 1;
  return send(socket, "child", 5, 0);
}

static int serve(SOCKET listener) {
  SOCKET accepted = accept(listener, NULL, NULL);
  if (accepted == INVALID_SOCKET) return 1;
  int code = answer(accepted);
  closesocket(accepted);
  return code + 10;
}

static void ask(SOCKET socket, const char *what) {
  char text[16];
  send(socket, "ask!", 4, 0);
  int got = recv(socket, text, sizeof text, 0);
  printf("%s: %d [%.*s]\n", what, got, got > 0 ? got : 0, text);
}

int main(int count, char **arguments) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  if (count > 2) {
    SOCKET inherited = (SOCKET)strtoull(arguments[2], NULL, 10);
    return serve(inherited);
  }
  struct sockaddr_in address;
  int bytes = sizeof address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
  printf("listening: %d\n",
         bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 4) == 0);
  getsockname(listener, (struct sockaddr *)&address, &bytes);

  DWORD flags = 9;
  SOCKET own = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  GetHandleInformation((HANDLE)listener, &flags);
  printf("inherited: %lu, ", flags);
  GetHandleInformation((HANDLE)own, &flags);
  printf("not that: %lu\n", flags);
  closesocket(own);

  fflush(stdout);
  HANDLE child = start("serve", listener);
  closesocket(listener);
  SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
  printf("connect: %d\n", connect(client, (struct sockaddr *)&address, sizeof address));
  ask(client, "listening");
  printf("serve ended %lu\n", ended(child));
  closesocket(client);
  WSACleanup();
  return 0;
}
