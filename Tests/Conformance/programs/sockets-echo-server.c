// An echo server as many are written: AcceptEx, a port, four workers, records that hold an OVERLAPPED; eight clients.
#include <mswsock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winsock2.h>
#include <ws2tcpip.h>

enum { WORKERS = 4, CLIENTS = 8, MESSAGES = 10, ACCEPTS = 3, ADDRESS_BYTES = sizeof(struct sockaddr_in) + 16 };

typedef enum step { ACCEPTED, RECEIVED, SENT } step;

typedef struct connection {
  OVERLAPPED overlapped;
  SOCKET socket;
  step step;
  WSABUF buffer;
  char bytes[256];
  char addresses[2 * ADDRESS_BYTES];
} connection;

static HANDLE port;
static SOCKET listener;
static LPFN_ACCEPTEX accept_ex;
static struct sockaddr_in address;
static volatile LONG echoed, closed;

static void begin_accept(void) {
  connection *self = calloc(1, sizeof *self);
  DWORD bytes;
  self->step = ACCEPTED;
  self->socket = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
  if (!accept_ex(listener, self->socket, self->addresses, 0, ADDRESS_BYTES, ADDRESS_BYTES, &bytes, &self->overlapped) &&
      WSAGetLastError() != ERROR_IO_PENDING)
    printf("AcceptEx: %d\n", WSAGetLastError());
}

static void end(connection *self) {
  closesocket(self->socket);
  free(self);
  InterlockedIncrement(&closed);
}

static void begin_receive(connection *self) {
  DWORD flags = 0;
  self->step = RECEIVED;
  self->buffer.buf = self->bytes;
  self->buffer.len = sizeof self->bytes;
  memset(&self->overlapped, 0, sizeof self->overlapped);
  if (WSARecv(self->socket, &self->buffer, 1, NULL, &flags, &self->overlapped, NULL) == SOCKET_ERROR &&
      WSAGetLastError() != WSA_IO_PENDING)
    end(self);
}

static void begin_send(connection *self, DWORD bytes) {
  self->step = SENT;
  self->buffer.len = bytes;
  InterlockedExchangeAdd(&echoed, (LONG)bytes);
  memset(&self->overlapped, 0, sizeof self->overlapped);
  if (WSASend(self->socket, &self->buffer, 1, NULL, 0, &self->overlapped, NULL) == SOCKET_ERROR &&
      WSAGetLastError() != WSA_IO_PENDING)
    end(self);
}

static DWORD WINAPI work(LPVOID parameter) {
  (void)parameter;
  for (;;) {
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    BOOL done = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    if (!overlapped) return 0;
    connection *self = CONTAINING_RECORD(overlapped, connection, overlapped);
    if (self->step == ACCEPTED) {
      setsockopt(self->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener);
      CreateIoCompletionPort((HANDLE)self->socket, port, 1, 0);
      begin_accept();
      begin_receive(self);
    } else if (!done || bytes == 0) {
      end(self);
    } else if (self->step == RECEIVED) {
      begin_send(self, bytes);
    } else {
      begin_receive(self);
    }
  }
}

/// A client; how many messages came back as they were sent.
static DWORD WINAPI ask(LPVOID parameter) {
  SOCKET socket_ = socket(AF_INET, SOCK_STREAM, 0);
  DWORD good = 0;
  if (connect(socket_, (struct sockaddr *)&address, sizeof address) != 0) return 1000;
  for (int i = 0; i < MESSAGES; i++) {
    char sent[64], got[64];
    int length = snprintf(sent, sizeof sent, "client %d message %d", (int)(ULONG_PTR)parameter, i), received = 0;
    send(socket_, sent, length, 0);
    while (received < length) {
      int bytes = recv(socket_, got + received, length - received, 0);
      if (bytes <= 0) return 2000;
      received += bytes;
    }
    good += memcmp(sent, got, (size_t)length) == 0;
  }
  closesocket(socket_);
  return good;
}

static void listen_here(void) {
  GUID accept_id = WSAID_ACCEPTEX;
  DWORD bytes;
  int length = sizeof address;
  listener = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = inet_addr("127.0.0.1");
  bind(listener, (struct sockaddr *)&address, sizeof address);
  listen(listener, SOMAXCONN);
  getsockname(listener, (struct sockaddr *)&address, &length);
  WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &accept_id, sizeof accept_id, &accept_ex, sizeof accept_ex,
           &bytes, NULL, NULL);
  CreateIoCompletionPort((HANDLE)listener, port, 0, 0);
}

int main(void) {
  WSADATA data;
  HANDLE workers[WORKERS], clients[CLIENTS];
  DWORD code, good = 0;
  WSAStartup(MAKEWORD(2, 2), &data);
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
  listen_here();
  for (int i = 0; i < ACCEPTS; i++) begin_accept();
  for (int i = 0; i < WORKERS; i++) workers[i] = CreateThread(NULL, 0, work, NULL, 0, NULL);
  for (int i = 0; i < CLIENTS; i++) clients[i] = CreateThread(NULL, 0, ask, (LPVOID)(ULONG_PTR)i, 0, NULL);
  WaitForMultipleObjects(CLIENTS, clients, TRUE, INFINITE);
  for (int i = 0; i < CLIENTS; i++) {
    GetExitCodeThread(clients[i], &code);
    good += code;
  }
  while (InterlockedExchangeAdd(&closed, 0) < CLIENTS) Sleep(1);
  for (int i = 0; i < WORKERS; i++) PostQueuedCompletionStatus(port, 0, 0, NULL);
  WaitForMultipleObjects(WORKERS, workers, TRUE, INFINITE);
  printf("right: %lu of %d, bytes: %ld, closed: %ld\n", good, CLIENTS * MESSAGES, echoed, closed);
  closesocket(listener);
  CloseHandle(port);
  WSACleanup();
  return 0;
}
