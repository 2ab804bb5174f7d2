// The same with an event that is pulsed before anybody waits for it.
#include <windows.h>

static HANDLE event;
static volatile LONG ready;

static DWORD WINAPI pulse(LPVOID parameter) {
  (void)parameter;
  InterlockedExchange(&ready, 1);
  PulseEvent(event);
  return 0;
}

int main(void) {
  event = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, pulse, NULL, 0, NULL);
  if (!ready) WaitForSingleObject(event, INFINITE);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(event);
  return 0;
}
