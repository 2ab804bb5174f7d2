// How threads end: by return, by ExitThread, suspended at first; what their exit code is before and after.
#include <stdio.h>
#include <windows.h>

static HANDLE go;

static DWORD WINAPI returns(LPVOID parameter) { return (DWORD)(ULONG_PTR)parameter; }

static DWORD WINAPI exits(LPVOID parameter) {
  ExitThread((DWORD)(ULONG_PTR)parameter + 1);
  return 0;
}

static DWORD WINAPI waits(LPVOID parameter) {
  (void)parameter;
  WaitForSingleObject(go, INFINITE);
  return STILL_ACTIVE;
}

static DWORD ended(HANDLE thread) {
  DWORD code = 0;
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  CloseHandle(thread);
  return code;
}

int main(void) {
  DWORD id = 0, code = 0;
  go = CreateEvent(NULL, TRUE, FALSE, NULL);
  printf("return: %lu\n", ended(CreateThread(NULL, 0, returns, (LPVOID)(ULONG_PTR)42, 0, NULL)));
  printf("return of the largest: %lu\n", ended(CreateThread(NULL, 0, returns, (LPVOID)(LONG_PTR)-1, 0, NULL)));
  printf("ExitThread: %lu\n", ended(CreateThread(NULL, 64 * 1024, exits, (LPVOID)(ULONG_PTR)42, 0, &id)));

  HANDLE thread = CreateThread(NULL, 0, waits, NULL, 0, &id);
  printf("id is that of the handle: %d, not mine: %d\n", GetThreadId(thread) == id, id != GetCurrentThreadId());
  BOOL done = GetExitCodeThread(thread, &code);
  printf("running: %d %lu, wait %lu\n", done, code, WaitForSingleObject(thread, 0));
  SetEvent(go);
  WaitForSingleObject(thread, INFINITE);
  done = GetExitCodeThread(thread, &code);
  printf("ended with STILL_ACTIVE: %d %lu, wait %lu %lu\n", done, code, WaitForSingleObject(thread, 0),
         WaitForSingleObject(thread, 0));
  CloseHandle(thread);

  thread = CreateThread(NULL, 0, returns, (LPVOID)(ULONG_PTR)7, CREATE_SUSPENDED, &id);
  printf("suspended: %lu\n", WaitForSingleObject(thread, 30));
  printf("ResumeThread: %lu\n", ResumeThread(thread));
  printf("resumed: %lu\n", ended(thread));

  SetLastError(0);
  done = GetExitCodeThread(NULL, &code);
  printf("GetExitCodeThread(NULL): %d error %lu\n", done, GetLastError());
  SetLastError(0);
  done = GetExitCodeThread(go, &code);
  printf("GetExitCodeThread(event): %d error %lu\n", done, GetLastError());
  SetLastError(0);
  printf("ResumeThread(event): %lx", ResumeThread(go));
  printf(" error %lu\n", GetLastError());
  SetLastError(0);
  printf("GetThreadId(NULL): %lu", GetThreadId(NULL));
  printf(" error %lu\n", GetLastError());
  CloseHandle(go);
  return 0;
}
