// WaitOnAddress and its wakes, found by their names: the libraries of mingw do not link them.
#include <stdio.h>
#include <windows.h>

typedef BOOL(WINAPI *wait_on_address)(volatile void *, void *, SIZE_T, DWORD);
typedef void(WINAPI *wake_by_address)(void *);

static wait_on_address wait_on;
static wake_by_address wake_one, wake_all;
static volatile LONG value, sleeping, woken;

static DWORD WINAPI sleep_on(LPVOID parameter) {
  LONG undesired = 0;
  (void)parameter;
  InterlockedIncrement(&sleeping);
  while (value == undesired) wait_on(&value, &undesired, sizeof value, INFINITE);
  InterlockedIncrement(&woken);
  return 0;
}

int main(void) {
  HMODULE base = LoadLibraryA("kernelbase.dll");
  HANDLE threads[4];
  LONG other = 1;
  BYTE byte = 7, same = 7;
  wait_on = (wait_on_address)(void *)GetProcAddress(base, "WaitOnAddress");
  wake_one = (wake_by_address)(void *)GetProcAddress(base, "WakeByAddressSingle");
  wake_all = (wake_by_address)(void *)GetProcAddress(base, "WakeByAddressAll");
  printf("found: %d %d %d\n", wait_on != NULL, wake_one != NULL, wake_all != NULL);
  printf("another value: %d\n", wait_on(&value, &other, sizeof value, INFINITE));
  SetLastError(0);
  BOOL done = wait_on(&byte, &same, 1, 10);
  printf("in vain: %d error %lu\n", done, GetLastError());
  for (int i = 0; i < 4; i++) threads[i] = CreateThread(NULL, 0, sleep_on, NULL, 0, NULL);
  while (sleeping < 4) Sleep(1);
  Sleep(10);
  wake_all((void *)&value);
  Sleep(10);
  printf("woken without a change: %ld\n", woken);
  InterlockedExchange(&value, 5);
  wake_one((void *)&value);
  printf("one: %lu\n", WaitForMultipleObjects(4, threads, FALSE, 10000) < 4);
  wake_all((void *)&value);
  printf("all: %lu", WaitForMultipleObjects(4, threads, TRUE, 10000));
  printf(" woken %ld\n", woken);
  return 0;
}
