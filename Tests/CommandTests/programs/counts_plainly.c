// Two threads count in a plain variable: a race with no call in its middle.
#include <windows.h>

static int count;

static DWORD WINAPI counts(void *nothing) {
  (void)nothing;
  count++;
  return 0;
}

int main(void) {
  HANDLE threads[2];
  for (int i = 0; i < 2; i++) threads[i] = CreateThread(NULL, 0, counts, NULL, 0, NULL);
  WaitForMultipleObjects(2, threads, TRUE, INFINITE);
  for (int i = 0; i < 2; i++) CloseHandle(threads[i]);
  return count == 2 ? 0 : 3;
}
