// What CreateIoCompletionPort refuses.
#include <stdio.h>
#include <windows.h>

static HANDLE create(const char *what, HANDLE file, HANDLE existing, DWORD threads) {
  SetLastError(0);
  HANDLE port = CreateIoCompletionPort(file, existing, 1, threads);
  printf("%s: %s error %lu\n", what, port ? "a port" : "none", port ? 0 : GetLastError());
  return port;
}

int main(void) {
  HANDLE port = create("plain", INVALID_HANDLE_VALUE, NULL, 0);
  HANDLE one = create("one thread", INVALID_HANDLE_VALUE, NULL, 1);
  HANDLE many = create("many threads", INVALID_HANDLE_VALUE, NULL, 1000);
  create("no file with an existing port", INVALID_HANDLE_VALUE, port, 0);
  create("NULL file", NULL, NULL, 0);
  create("NULL file with an existing port", NULL, port, 0);
  HANDLE event = CreateEvent(NULL, TRUE, FALSE, NULL);
  create("an event as file", event, NULL, 0);
  create("an event as file of an existing port", event, port, 0);
  create("an event as port", INVALID_HANDLE_VALUE, event, 0);
  create("a port as file", one, port, 0);
  printf("the first is different from the others: %d\n", port != one && one != many);
  printf("close: %d %d %d", CloseHandle(port), CloseHandle(one), CloseHandle(many));
  SetLastError(0);
  printf(" again %d", CloseHandle(port));
  printf(" error %lu\n", GetLastError());
  CloseHandle(event);
  return 0;
}
