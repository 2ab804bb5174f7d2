// The main thread waits in a loop that makes no call, for a thread that never gets to run under control.
#include <windows.h>

static volatile LONG is_over;

static DWORD WINAPI ends_it(void *nothing) {
  (void)nothing;
  is_over = 1;
  return 0;
}

int main(void) {
  HANDLE thread = CreateThread(NULL, 0, ends_it, NULL, 0, NULL);
  while (!is_over) {
#ifdef SPINS_POLITELY
    YieldProcessor();
#endif
  }
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  return 0;
}
