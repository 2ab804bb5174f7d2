// WaitForMultipleObjects for all takes everything at once or nothing: a partial set is left as it was.
#include <stdio.h>
#include <windows.h>

static HANDLE auto_event, manual_event, other_event, thread_ready;

static DWORD WINAPI wait_for_all(LPVOID parameter) {
  HANDLE set[3] = {auto_event, manual_event, other_event};
  (void)parameter;
  SetEvent(thread_ready);
  return WaitForMultipleObjects(3, set, TRUE, INFINITE);
}

int main(void) {
  auto_event = CreateEvent(NULL, FALSE, FALSE, NULL);
  manual_event = CreateEvent(NULL, TRUE, FALSE, NULL);
  other_event = CreateEvent(NULL, FALSE, FALSE, NULL);
  thread_ready = CreateEvent(NULL, FALSE, FALSE, NULL);
  HANDLE set[3] = {auto_event, manual_event, other_event};

  SetEvent(auto_event);
  SetEvent(manual_event);
  printf("two of three: %lu\n", WaitForMultipleObjects(3, set, TRUE, 0));
  printf("two of three, patient: %lu\n", WaitForMultipleObjects(3, set, TRUE, 20));
  printf("the automatic one is still set: %d\n", WaitForSingleObject(auto_event, 0) == WAIT_OBJECT_0);

  SetEvent(auto_event);
  SetEvent(other_event);
  printf("three of three: %lu\n", WaitForMultipleObjects(3, set, TRUE, 0));
  printf("after it: %lu %lu %lu\n", WaitForSingleObject(auto_event, 0), WaitForSingleObject(manual_event, 0),
         WaitForSingleObject(other_event, 0));

  // A blocked wait for all takes nothing until it can take all: others may have the objects meanwhile.
  HANDLE thread = CreateThread(NULL, 0, wait_for_all, NULL, 0, NULL);
  WaitForSingleObject(thread_ready, INFINITE);
  SetEvent(auto_event);
  printf("taken from the blocked wait: %lu\n", WaitForSingleObject(auto_event, 1000));
  SetEvent(other_event);
  printf("thread: %lu\n", WaitForSingleObject(thread, 20));
  SetEvent(auto_event);
  WaitForSingleObject(thread, INFINITE);
  DWORD code = 77;
  GetExitCodeThread(thread, &code);
  printf("the blocked wait ended with %lu and left %lu %lu\n", code, WaitForSingleObject(auto_event, 0),
         WaitForSingleObject(other_event, 0));

  // Threads are waitables like any other.
  HANDLE mixed[2] = {thread, manual_event};
  printf("thread and event: %lu %lu\n", WaitForMultipleObjects(2, mixed, TRUE, 0),
         WaitForMultipleObjects(2, mixed, FALSE, 0));
  CloseHandle(thread);
  CloseHandle(auto_event);
  CloseHandle(manual_event);
  CloseHandle(other_event);
  CloseHandle(thread_ready);
  return 0;
}
