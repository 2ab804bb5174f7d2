// The last error belongs to the thread: a new thread begins with 0, and none sees another's.
#include <stdio.h>
#include <windows.h>

static HANDLE first_set, second_set;

static DWORD WINAPI other(LPVOID parameter) {
  DWORD before = GetLastError();
  (void)parameter;
  WaitForSingleObject(first_set, INFINITE);
  SetLastError(222);
  SetEvent(second_set);
  return before * 1000 + GetLastError();
}

int main(void) {
  first_set = CreateEvent(NULL, FALSE, FALSE, NULL);
  second_set = CreateEvent(NULL, FALSE, FALSE, NULL);
  SetLastError(5);
  HANDLE thread = CreateThread(NULL, 0, other, NULL, 0, NULL);
  SetLastError(111);
  SetEvent(first_set);
  WaitForSingleObject(second_set, INFINITE);
  printf("mine: %lu\n", GetLastError());
  WaitForSingleObject(thread, INFINITE);
  DWORD code;
  GetExitCodeThread(thread, &code);
  printf("the other's: %lu\n", code);
  SetLastError(0xffffffff);
  printf("any value: %lx\n", GetLastError());
  SetLastError(77);
  WaitForSingleObject(first_set, 0);
  printf("a timeout leaves it: %lu\n", GetLastError());
  SetEvent(first_set);
  WaitForSingleObject(first_set, 0);
  printf("a success leaves it: %lu\n", GetLastError());
  WaitForSingleObject(NULL, 0);
  printf("a failure sets it: %lu\n", GetLastError());
  CloseHandle(thread);
  CloseHandle(first_set);
  CloseHandle(second_set);
  return 0;
}
