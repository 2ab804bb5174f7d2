// CREATE_SUSPENDED, the suspend count, and a thread that has ended.
#include <stdio.h>
#include <windows.h>

static LONG begun;

static DWORD WINAPI work(LPVOID parameter) {
  InterlockedIncrement(&begun);
  return (DWORD)(ULONG_PTR)parameter;
}

static void say(const char *name, DWORD result) {
  DWORD error = GetLastError();
  printf("%s: %ld, error %lu\n", name, (long)(int)result, error);
  SetLastError(0);
}

int main(void) {
  DWORD id = 0, code = 0;
  HANDLE thread = CreateThread(NULL, 0, work, (LPVOID)(ULONG_PTR)5, CREATE_SUSPENDED, &id);
  printf("the ids agree: %d\n", id != 0 && id == GetThreadId(thread) && id != GetCurrentThreadId());
  SetLastError(0);
  say("suspend", SuspendThread(thread));
  say("suspend", SuspendThread(thread));
  say("resume", ResumeThread(thread));
  say("resume", ResumeThread(thread));
  printf("begun: %ld\n", (long)begun);
  printf("exit code: %d ", GetExitCodeThread(thread, &code));
  printf("%lu\n", code);
  say("resume", ResumeThread(thread));
  WaitForSingleObject(thread, INFINITE);
  printf("begun: %ld\n", (long)begun);
  printf("exit code: %d ", GetExitCodeThread(thread, &code));
  printf("%lu\n", code);
  say("resume after the end", ResumeThread(thread));
  say("suspend after the end", SuspendThread(thread));
  printf("it stays signalled: %lu\n", WaitForSingleObject(thread, 0));

  HANDLE limited = NULL;
  DuplicateHandle(GetCurrentProcess(), thread, GetCurrentProcess(), &limited, SYNCHRONIZE, FALSE, 0);
  SetLastError(0);
  say("resume without the right", ResumeThread(limited));
  say("exit code without the right", GetExitCodeThread(limited, &code));
  say("id without the right", GetThreadId(limited));
  CloseHandle(limited);
  SetLastError(0);
  HANDLE none = CreateThread(NULL, 0, work, NULL, CREATE_SUSPENDED, NULL);
  say("a thread that is never resumed: wait", WaitForSingleObject(none, 0));
  ResumeThread(none);
  WaitForSingleObject(none, INFINITE);
  CloseHandle(none);
  CloseHandle(thread);
  return 0;
}
