// WaitForMultipleObjects for any: the lowest signaled index is the answer, and only that object is consumed.
#include <stdio.h>
#include <windows.h>

#define COUNT 5

int main(void) {
  HANDLE events[COUNT];
  for (int i = 0; i < COUNT; i++) events[i] = CreateEvent(NULL, FALSE, FALSE, NULL);

  printf("none: %lu\n", WaitForMultipleObjects(COUNT, events, FALSE, 0));
  SetEvent(events[4]);
  SetEvent(events[1]);
  SetEvent(events[3]);
  for (int i = 0; i < 4; i++) {
    DWORD result = WaitForMultipleObjects(COUNT, events, FALSE, 0);
    if (result == WAIT_TIMEOUT)
      printf("timeout\n");
    else
      printf("index %lu\n", result - WAIT_OBJECT_0);
  }

  // The same object twice is fine when one is enough.
  HANDLE twice[3] = {events[0], events[2], events[2]};
  SetEvent(events[2]);
  printf("twice: %lu", WaitForMultipleObjects(3, twice, FALSE, 0));
  printf(" then %lu\n", WaitForMultipleObjects(3, twice, FALSE, 0));

  SetLastError(0);
  DWORD result = WaitForMultipleObjects(0, events, FALSE, 0);
  printf("no objects: %lx error %lu\n", result, GetLastError());
  HANDLE many[MAXIMUM_WAIT_OBJECTS + 1];
  for (int i = 0; i < MAXIMUM_WAIT_OBJECTS + 1; i++) many[i] = events[0];
  SetLastError(0);
  result = WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS + 1, many, FALSE, 0);
  printf("65 objects: %lx error %lu\n", result, GetLastError());
  SetEvent(events[0]);
  printf("64 objects: %lu\n", WaitForMultipleObjects(MAXIMUM_WAIT_OBJECTS, many, FALSE, 0));

  HANDLE closed = events[4];
  CloseHandle(events[4]);
  SetEvent(events[0]);
  SetLastError(0);
  HANDLE bad[2] = {events[0], closed};
  result = WaitForMultipleObjects(2, bad, FALSE, 0);
  printf("one closed: %lx error %lu\n", result, GetLastError());
  printf("nothing was consumed: %d\n", WaitForSingleObject(events[0], 0) == WAIT_OBJECT_0);
  HANDLE null[2] = {events[0], NULL};
  SetLastError(0);
  result = WaitForMultipleObjects(2, null, TRUE, 0);
  printf("one NULL: %lx error %lu\n", result, GetLastError());
  for (int i = 0; i < COUNT - 1; i++) CloseHandle(events[i]);
  return 0;
}
