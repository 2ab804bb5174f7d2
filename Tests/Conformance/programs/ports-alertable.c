// An alertable GetQueuedCompletionStatusEx: a queued packet comes before a queued APC, an APC ends the wait.
#include <stdio.h>
#include <windows.h>

static LONG apcs;

static VOID CALLBACK apc(ULONG_PTR step) { apcs += (LONG)step; }

static void get(const char *what, HANDLE port, DWORD ms, BOOL alertable) {
  OVERLAPPED_ENTRY entry;
  ULONG count = 0;
  SetLastError(0);
  BOOL done = GetQueuedCompletionStatusEx(port, &entry, 1, &count, ms, alertable);
  printf("%s: %d", what, done);
  if (done)
    printf(" key %d", (int)entry.lpCompletionKey);
  else
    printf(" error %lu", GetLastError());
  printf(", apcs %ld\n", apcs);
}

struct target {
  HANDLE thread, port;
};

static DWORD WINAPI alerts(LPVOID parameter) {
  const struct target *target = parameter;
  Sleep(30);
  return QueueUserAPC(apc, target->thread, 100);
}

int main(void) {
  struct target target = {.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1)};
  DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &target.thread, 0, FALSE,
                  DUPLICATE_SAME_ACCESS);
  QueueUserAPC(apc, target.thread, 1);
  QueueUserAPC(apc, target.thread, 10);
  get("not alertable", target.port, 0, FALSE);
  PostQueuedCompletionStatus(target.port, 0, 5, NULL);
  get("a packet and calls", target.port, INFINITE, TRUE);
  get("only calls", target.port, INFINITE, TRUE);
  get("neither", target.port, 20, TRUE);
  HANDLE thread = CreateThread(NULL, 0, alerts, &target, 0, NULL);
  get("a call while it waits", target.port, INFINITE, TRUE);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(target.thread);
  CloseHandle(target.port);
  return 0;
}
