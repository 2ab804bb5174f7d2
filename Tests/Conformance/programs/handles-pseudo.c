// The pseudo handles of the caller's own process and thread, and the real ones that are made of them.
#include <stdio.h>
#include <windows.h>

static DWORD WINAPI other(LPVOID parameter) {
  printf("another thread's handle: wait %lu\n", WaitForSingleObject(parameter, 0));
  return GetThreadId(parameter) == GetCurrentThreadId();
}

int main(void) {
  HANDLE thread = NULL, process = NULL;
  DWORD code = 0;
  printf("pseudo: %d %d\n", GetCurrentProcess() == (HANDLE)(LONG_PTR)-1, GetCurrentThread() == (HANDLE)(LONG_PTR)-2);
  printf("wait: %lu %lu\n", WaitForSingleObject(GetCurrentProcess(), 0), WaitForSingleObject(GetCurrentThread(), 0));
  printf("close: %d %d\n", CloseHandle(GetCurrentProcess()), CloseHandle(GetCurrentThread()));
  printf("ids: %d %d\n", GetThreadId(GetCurrentThread()) == GetCurrentThreadId(),
         GetProcessId(GetCurrentProcess()) == GetCurrentProcessId());
  printf("exit codes: %d ", GetExitCodeThread(GetCurrentThread(), &code));
  printf("%lu, ", code);
  printf("%d ", GetExitCodeProcess(GetCurrentProcess(), &code));
  printf("%lu\n", code);

  HANDLE self = GetCurrentProcess();
  printf("duplicate: %d ", DuplicateHandle(self, GetCurrentThread(), self, &thread, 0, FALSE, DUPLICATE_SAME_ACCESS));
  printf("%d\n", DuplicateHandle(self, self, self, &process, 0, FALSE, DUPLICATE_SAME_ACCESS));
  printf("real: %d %d\n", thread != GetCurrentThread(), process != self);
  printf("wait: %lu %lu\n", WaitForSingleObject(thread, 0), WaitForSingleObject(process, 0));
  printf("ids: %d %d\n", GetThreadId(thread) == GetCurrentThreadId(), GetProcessId(process) == GetCurrentProcessId());

  HANDLE child = CreateThread(NULL, 0, other, thread, 0, NULL);
  WaitForSingleObject(child, INFINITE);
  GetExitCodeThread(child, &code);
  printf("the other thread took it for its own: %lu\n", code);
  CloseHandle(child);
  printf("close: %d %d\n", CloseHandle(thread), CloseHandle(process));
  return 0;
}
