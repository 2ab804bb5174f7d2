// SetErrorMode returns the mode before; SetLastError keeps whatever it is given; calls that succeed leave it alone.
#include <stdio.h>
#include <windows.h>

int main(void) {
  UINT first = SetErrorMode(SEM_FAILCRITICALERRORS);
  printf("before: %d\n", first == GetErrorMode() || GetErrorMode() == SEM_FAILCRITICALERRORS);
  printf("set: %u\n", SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX));
  printf("now: %x\n", GetErrorMode());
  SetErrorMode(first);

  SetLastError(0xFFFFFFFF);
  printf("last: %lx\n", GetLastError());
  SetLastError(0x20000001);
  HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL);
  printf("a new event: %lu\n", GetLastError());
  SetLastError(1234);
  printf("%d", SetEvent(event));
  printf(" %lu", WaitForSingleObject(event, 0));
  printf(" %d", ResetEvent(event));
  printf(" %d\n", CloseHandle(event));
  printf("kept: %lu\n", GetLastError());
  printf("closed: %d", SetEvent(event));
  printf(" %lu\n", GetLastError());
  printf("macros: %lx %d %d %lx\n", (DWORD)HRESULT_FROM_WIN32(5), SUCCEEDED(S_OK), FAILED(E_FAIL), (DWORD)E_INVALIDARG);
  return 0;
}
