// A socket is a file: ReadFile and WriteFile, GetOverlappedResult and CancelIo do what they do on others.
#include <winsock2.h>

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

int main(void) {
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET pair[2];
  connect_pair(pair);
  HANDLE a = (HANDLE)pair[0], b = (HANDLE)pair[1];
  char bytes[16] = "";
  DWORD count = 99;
  OVERLAPPED reading = {0}, writing = {0};
  reading.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  writing.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  printf("type %u\n", (unsigned)GetFileType(a));
  BOOL done = ReadFile(a, bytes, sizeof bytes - 1, NULL, &reading);
  printf("read: %d, error %d\n", done, (int)GetLastError());
  done = GetOverlappedResult(a, &reading, &count, FALSE);
  printf("not yet: %d, error %d\n", done, (int)GetLastError());
  done = WriteFile(b, "written", 7, &count, &writing);
  if (!done && GetLastError() == ERROR_IO_PENDING) done = GetOverlappedResult(b, &writing, &count, TRUE);
  printf("write: %d, %u\n", done, (unsigned)count);
  done = GetOverlappedResult(a, &reading, &count, TRUE);
  printf("read: %d, %u, %s\n", done, (unsigned)count, bytes);
  ReadFile(a, bytes, sizeof bytes - 1, NULL, &reading);
  printf("cancel %d\n", CancelIo(a));
  done = GetOverlappedResult(a, &reading, &count, TRUE);
  printf("cancelled: %d, error %d\n", done, (int)GetLastError());
  ReadFile(a, bytes, sizeof bytes - 1, NULL, &reading);
  shutdown(pair[1], SD_SEND);
  done = GetOverlappedResult(a, &reading, &count, TRUE);
  printf("the end: %d, %u bytes\n", done, (unsigned)count);
  SOCKET alone = socket(AF_INET, SOCK_STREAM, 0);
  done = ReadFile((HANDLE)alone, bytes, 1, &count, &reading);
  printf("not connected fails: %d\n", done);
  closesocket(alone);
  CloseHandle(reading.hEvent);
  CloseHandle(writing.hEvent);
  closesocket(pair[0]);
  closesocket(pair[1]);
  WSACleanup();
  return 0;
}
