// AcceptEx with little room for addresses, an accepting socket that is used again after a cancellation, and one that is
// closed while it waits.
#include <mswsock.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <winsock2.h>

static LPFN_ACCEPTEX accept_ex;
static SOCKET listener;
static struct sockaddr_in address = {.sin_family = AF_INET};
static char buffer[256];

static void begin(SOCKET accepted, DWORD local, DWORD remote, OVERLAPPED *overlapped) {
  DWORD received = 0;
  memset(overlapped, 0, sizeof *overlapped);
  overlapped->hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  BOOL done = accept_ex(listener, accepted, buffer, 0, local, remote, &received, overlapped);
  printf("%lu and %lu: %d, error %d\n", local, remote, done, WSAGetLastError());
}

static void end(OVERLAPPED *overlapped) {
  DWORD bytes = 77, flags = 0;
  BOOL done = WSAGetOverlappedResult(listener, overlapped, &bytes, TRUE, &flags);
  printf("  %d, error %d, %lu bytes, status %lx\n", done, done ? 0 : WSAGetLastError(), bytes,
         (DWORD)overlapped->Internal);
  CloseHandle(overlapped->hEvent);
}

static SOCKET tcp(void) { return socket(AF_INET, SOCK_STREAM, 0); }

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  listener = tcp();
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int length = sizeof address;
  bind(listener, (struct sockaddr *)&address, sizeof address);
  getsockname(listener, (struct sockaddr *)&address, &length);
  listen(listener, 5);
  GUID id = WSAID_ACCEPTEX;
  DWORD bytes;
  WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex, sizeof accept_ex, &bytes, NULL,
           NULL);
  OVERLAPPED overlapped;

  // Wine's tests have these four on Windows; with the last there is nothing to wait for.
  static const DWORD sizes[][2] = {{0, 32}, {31, 32}, {32, 31}, {32, 0}};
  for (int i = 0; i < 4; i++) {
    SOCKET accepted = tcp(), client = tcp();
    begin(accepted, sizes[i][0], sizes[i][1], &overlapped);
    if (sizes[i][1] > 0) {
      connect(client, (struct sockaddr *)&address, sizeof address);
      end(&overlapped);
    }
    closesocket(client);
    closesocket(accepted);
  }

  SOCKET accepted = tcp();
  begin(accepted, 32, 32, &overlapped);
  printf("cancel: %d\n", CancelIo((HANDLE)listener));
  end(&overlapped);
  begin(accepted, 32, 32, &overlapped);
  printf("close the accepting socket: %d\n", closesocket(accepted));
  end(&overlapped);

  // The listening one is as good as before.
  accepted = tcp();
  begin(accepted, 32, 32, &overlapped);
  SOCKET client = tcp();
  printf("connect: %d\n", connect(client, (struct sockaddr *)&address, sizeof address));
  end(&overlapped);
  return 0;
}
