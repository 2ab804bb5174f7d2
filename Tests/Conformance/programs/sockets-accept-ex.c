// AcceptEx: a connection, its first data and both addresses as one operation.
#include <mswsock.h>
#include <stdio.h>
#include <string.h>
#include <winsock2.h>

#define ADDRESS_BYTES (sizeof(struct sockaddr_in) + 16)

static SOCKET listener;
static LPFN_GETACCEPTEXSOCKADDRS get_addresses;
static struct sockaddr_in name;

static SOCKET connect_client(void) {
  SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
  connect(s, (struct sockaddr *)&name, sizeof name);
  return s;
}

static void show_addresses(char *output, DWORD receive_bytes, SOCKET client) {
  struct sockaddr *local = NULL, *remote = NULL;
  int local_length = 0, remote_length = 0, length = sizeof(struct sockaddr_in);
  struct sockaddr_in own;
  getsockname(client, (struct sockaddr *)&own, &length);
  get_addresses(output, receive_bytes, ADDRESS_BYTES, ADDRESS_BYTES, &local, &local_length, &remote, &remote_length);
  printf("addresses: lengths %d %d, local port %d, remote port %d\n", local_length, remote_length,
         ((struct sockaddr_in *)local)->sin_port == name.sin_port,
         ((struct sockaddr_in *)remote)->sin_port == own.sin_port);
}

static void cancel_one(LPFN_ACCEPTEX accept_ex, OVERLAPPED *o) {
  char output[128];
  DWORD bytes, received;
  SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
  accept_ex(listener, s, output, 0, ADDRESS_BYTES, ADDRESS_BYTES, &received, o);
  printf("cancel %d\n", CancelIoEx((HANDLE)listener, o));
  BOOL done = GetOverlappedResult((HANDLE)listener, o, &bytes, TRUE);
  printf("cancelled: %d, error %d\n", done, (int)GetLastError());
  closesocket(s);
}

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  int length = sizeof name;
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM, 0);
  bind(listener, (struct sockaddr *)&name, sizeof name);
  getsockname(listener, (struct sockaddr *)&name, &length);
  char output[128];
  DWORD bytes = 99, received;
  OVERLAPPED o = {0};
  o.hEvent = WSACreateEvent();

  LPFN_ACCEPTEX accept_ex = NULL;
  GUID id = WSAID_ACCEPTEX, addresses_id = WSAID_GETACCEPTEXSOCKADDRS, other = {1, 2, 3, {4}};
  int result = WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex, sizeof accept_ex,
                        &bytes, NULL, NULL);
  printf("function: %d, %u bytes, there %d\n", result, (unsigned)bytes, accept_ex != NULL);
  WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &addresses_id, sizeof addresses_id, &get_addresses,
           sizeof get_addresses, &bytes, NULL, NULL);
  result = WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &other, sizeof other, &accept_ex, sizeof accept_ex,
                    &bytes, NULL, NULL);
  printf("another one: %d, error %d\n", result, WSAGetLastError());

  SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
  listen(listener, 4);
  BOOL done = accept_ex(INVALID_SOCKET, s, output, 0, ADDRESS_BYTES, ADDRESS_BYTES, &received, &o);
  printf("no listener: %d, error %d\n", done, WSAGetLastError());
  done = accept_ex(listener, s, output, 0, ADDRESS_BYTES, ADDRESS_BYTES, &received, NULL);
  printf("no OVERLAPPED: %d, error %d\n", done, WSAGetLastError());

  done = accept_ex(listener, s, output, 0, ADDRESS_BYTES, ADDRESS_BYTES, &received, &o);
  printf("pends: %d, error %d, complete %d\n", done, WSAGetLastError(), HasOverlappedIoCompleted(&o));
  SOCKET client = connect_client();
  done = GetOverlappedResult((HANDLE)listener, &o, &bytes, TRUE);
  printf("connected: %d, %u bytes\n", done, (unsigned)bytes);
  show_addresses(output, 0, client);
  result = setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener);
  printf("update %d, ", result);
  struct sockaddr_in peer;
  length = sizeof peer;
  printf("peer %d\n", getpeername(s, (struct sockaddr *)&peer, &length));
  send(client, "hello", 5, 0);
  printf("received %d\n", recv(s, output, sizeof output, 0));
  closesocket(client);
  closesocket(s);

  s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
  memset(output, 0, sizeof output);
  accept_ex(listener, s, output, 20, ADDRESS_BYTES, ADDRESS_BYTES, &received, &o);
  client = connect_client();
  printf("connected, no data: pends %d\n", WaitForSingleObject(o.hEvent, 30) == WAIT_TIMEOUT);
  send(client, "first data", 10, 0);
  done = GetOverlappedResult((HANDLE)listener, &o, &bytes, TRUE);
  printf("data: %d, %u bytes, %.10s\n", done, (unsigned)bytes, output);
  show_addresses(output, 20, client);
  setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener);
  send(s, "back", 4, 0);
  printf("the other way %d\n", recv(client, output, sizeof output, 0));
  closesocket(client);
  closesocket(s);

  cancel_one(accept_ex, &o);
  closesocket(listener);
  WSACloseEvent(o.hEvent);
  WSACleanup();
  return 0;
}
