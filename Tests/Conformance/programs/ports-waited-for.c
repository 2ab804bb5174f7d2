// A port waited for like any other object: it is signalled while packets are queued. Handles of ports with fewer
// rights.
#include <stdio.h>
#include <windows.h>

static HANDLE port, event, ready;

static void say(const char *what, BOOL done) {
  DWORD error = done ? 0 : GetLastError();
  printf("%s: %d, error %lu\n", what, done, error);
}

static DWORD WINAPI wait_for_port(LPVOID parameter) {
  (void)parameter;
  HANDLE both[2] = {event, port};
  SetEvent(ready);
  return WaitForMultipleObjects(2, both, FALSE, INFINITE);
}

static HANDLE with_rights(DWORD access) {
  HANDLE other = NULL;
  DuplicateHandle(GetCurrentProcess(), port, GetCurrentProcess(), &other, access, FALSE, 0);
  return other;
}

static void rights(void) {
  DWORD bytes = 0;
  ULONG_PTR key = 0;
  OVERLAPPED *overlapped = NULL;
  OVERLAPPED_ENTRY entry;
  ULONG count = 0;
  HANDLE waits = with_rights(SYNCHRONIZE), changes = with_rights(IO_COMPLETION_MODIFY_STATE);
  say("post without the right", PostQueuedCompletionStatus(waits, 1, 2, NULL));
  say("get without the right", GetQueuedCompletionStatus(waits, &bytes, &key, &overlapped, 0));
  say("get several without the right", GetQueuedCompletionStatusEx(waits, &entry, 1, &count, 0, FALSE));
  printf("wait: %lu\n", WaitForSingleObject(waits, 0));
  say("post", PostQueuedCompletionStatus(changes, 1, 2, NULL));
  printf("wait without the right: %lu, error %lu\n", WaitForSingleObject(changes, 0), GetLastError());
  printf("wait: %lu\n", WaitForSingleObject(waits, 0));
  say("get", GetQueuedCompletionStatus(changes, &bytes, &key, &overlapped, 0));
  CloseHandle(waits);
  CloseHandle(changes);
}

int main(void) {
  DWORD bytes = 0, code = 0;
  ULONG_PTR key = 0;
  OVERLAPPED *overlapped = NULL;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  event = CreateEventA(NULL, FALSE, FALSE, NULL);
  ready = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE both[2] = {event, port};
  printf("empty: %lu\n", WaitForSingleObject(port, 0));
  PostQueuedCompletionStatus(port, 1, 2, NULL);
  PostQueuedCompletionStatus(port, 3, 4, NULL);
  printf("two queued: %lu, again: %lu\n", WaitForSingleObject(port, 0), WaitForSingleObject(port, INFINITE));
  printf("any: %lu, ", WaitForMultipleObjects(2, both, FALSE, 0));
  printf("all: %lu, ", WaitForMultipleObjects(2, both, TRUE, 0));
  SetEvent(event);
  printf("all with the event: %lu, ", WaitForMultipleObjects(2, both, TRUE, INFINITE));
  printf("the event is taken: %lu\n", WaitForSingleObject(event, 0));
  GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0);
  printf("one queued: %lu\n", WaitForSingleObject(port, 0));
  GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0);
  printf("none: %lu, signal and wait: %lu, ", WaitForSingleObject(port, 0), SignalObjectAndWait(event, port, 0, FALSE));
  printf("the event: %lu\n", WaitForSingleObject(event, 0));

  HANDLE thread = CreateThread(NULL, 0, wait_for_port, NULL, 0, NULL);
  WaitForSingleObject(ready, INFINITE);
  printf("the thread waits: %lu\n", WaitForSingleObject(thread, 30));
  PostQueuedCompletionStatus(port, 5, 6, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  printf("it got: %lu\n", code);
  GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0);
  printf("the packet is there: %lu %u\n", bytes, (unsigned)key);
  SetLastError(0);
  say("a port is nothing to signal", SignalObjectAndWait(port, event, 0, FALSE) != WAIT_FAILED);
  rights();
  CloseHandle(port);
  CloseHandle(event);
  CloseHandle(ready);
  CloseHandle(thread);
  return 0;
}
