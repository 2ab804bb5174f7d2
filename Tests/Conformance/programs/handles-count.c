// GetProcessHandleCount: how many handles the process has.
// wine-differs: Wine 8.0 says 0 of whatever it is asked; the count is that of "open handles that belong to the process"
// (GetProcessHandleCount, learn.microsoft.com).
#include <stdio.h>
#include <windows.h>

static DWORD count(void) {
  DWORD handles = 0;
  if (!GetProcessHandleCount(GetCurrentProcess(), &handles)) printf("error %lu\n", GetLastError());
  return handles;
}

int main(void) {
  DWORD before = count();
  HANDLE more[6], process = GetCurrentProcess();
  for (int i = 0; i < 5; i++) more[i] = CreateSemaphoreA(NULL, 0, 1, NULL);
  DuplicateHandle(process, more[0], process, &more[5], 0, FALSE, DUPLICATE_SAME_ACCESS);
  printf("more %lu\n", count() - before);
  CloseHandle(more[0]);
  DuplicateHandle(process, more[1], process, &more[0], 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
  printf("more %lu\n", count() - before);
  CloseHandle(more[0]);
  for (int i = 2; i < 6; i++) CloseHandle(more[i]);
  printf("more %lu\n", count() - before);
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
  DWORD handles;
  BOOL done = GetProcessHandleCount(event, &handles);
  printf("of an event: %d error %lu\n", done, GetLastError());
  return 0;
}
