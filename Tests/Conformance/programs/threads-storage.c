// Thread local storage: an index of the process, a value of each thread.
#include <stdio.h>
#include <windows.h>

static DWORD index_of_all;
static __thread int own = 3;

static DWORD WINAPI stores(LPVOID parameter) {
  SetLastError(5);
  PVOID before = TlsGetValue(index_of_all);
  DWORD error = GetLastError();
  BOOL done = TlsSetValue(index_of_all, parameter);
  own++;
  return (before == NULL) * 1000 + error * 100 + (DWORD)done * 10 + (TlsGetValue(index_of_all) == parameter);
}

int main(void) {
  HANDLE thread;
  DWORD code;
  index_of_all = TlsAlloc();
  printf("index: %d, value: %d\n", index_of_all != TLS_OUT_OF_INDEXES, TlsGetValue(index_of_all) == NULL);
  printf("set: %d\n", TlsSetValue(index_of_all, &thread));
  thread = CreateThread(NULL, 0, stores, &own, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  CloseHandle(thread);
  printf("another thread: %lu\n", code);
  printf("mine is as it was: %d %d\n", TlsGetValue(index_of_all) == &thread, own);
  DWORD second = TlsAlloc();
  printf("another index: %d\n", second != index_of_all && TlsGetValue(second) == NULL);
  printf("free: %d\n", TlsFree(second));
  printf("free: %d\n", TlsFree(index_of_all));
  SetLastError(0);
  BOOL done = TlsFree(TLS_OUT_OF_INDEXES);
  printf("no index: %d error %lu\n", done, GetLastError());
  index_of_all = TlsAlloc();
  printf("again: %d\n", TlsGetValue(index_of_all) == NULL);
  TlsFree(index_of_all);
  return 0;
}
