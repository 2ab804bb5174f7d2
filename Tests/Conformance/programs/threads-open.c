// OpenThread and OpenProcess by number, thread priorities, and ending a thread that has not begun.
#include <stdio.h>
#include <windows.h>

static HANDLE ready, go;
static LONG begun;

static DWORD WINAPI wait(LPVOID parameter) {
  (void)parameter;
  InterlockedIncrement(&begun);
  SetEvent(ready);
  WaitForSingleObject(go, INFINITE);
  return 21;
}

static void say(const char *name, long long result) {
  DWORD error = GetLastError();
  printf("%s: %lld, error %lu\n", name, result, error);
  SetLastError(0);
}

int main(void) {
  DWORD id = 0, code = 0;
  ready = CreateEventA(NULL, FALSE, FALSE, NULL);
  go = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, wait, NULL, 0, &id);
  WaitForSingleObject(ready, INFINITE);
  HANDLE waits = OpenThread(SYNCHRONIZE, FALSE, id);
  HANDLE asks = OpenThread(THREAD_QUERY_INFORMATION, FALSE, id);
  HANDLE self = OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId());
  SetLastError(0);
  say("opened", waits && asks && self);
  say("the ids agree", GetThreadId(asks) == id && GetThreadId(self) == GetCurrentThreadId());
  say("the process is this one", GetProcessIdOfThread(thread) == GetCurrentProcessId());
  say("wait", WaitForSingleObject(waits, 0));
  say("wait without the right", WaitForSingleObject(asks, 0));
  say("exit code", GetExitCodeThread(asks, &code));
  say("exit code without the right", GetExitCodeThread(waits, &code));
  say("no such thread", OpenThread(SYNCHRONIZE, FALSE, 0) != NULL);

  say("priority", GetThreadPriority(thread));
  say("set", SetThreadPriority(thread, THREAD_PRIORITY_ABOVE_NORMAL));
  say("priority", GetThreadPriority(asks));
  say("set to idle", SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_IDLE));
  say("priority", GetThreadPriority(self));
  say("set back", SetThreadPriority(self, THREAD_PRIORITY_NORMAL));
  say("set to what is none", SetThreadPriority(thread, 77));
  say("set without the right", SetThreadPriority(asks, THREAD_PRIORITY_NORMAL));
  say("priority of an event", GetThreadPriority(go));
  SetEvent(go);
  WaitForSingleObject(waits, INFINITE);
  GetExitCodeThread(thread, &code);
  say("exit code", code);
  say("terminate after the end", TerminateThread(thread, 3));
  HANDLE late = OpenThread(THREAD_QUERY_INFORMATION, FALSE, id);
  SetLastError(0);
  say("opened after the end", late != NULL);
  CloseHandle(late);

  HANDLE held = CreateThread(NULL, 0, wait, NULL, CREATE_SUSPENDED, NULL);
  SetLastError(0);
  say("terminate before the beginning", TerminateThread(held, 33));
  say("wait", WaitForSingleObject(held, INFINITE));
  GetExitCodeThread(held, &code);
  say("exit code", code);
  say("begun", begun);
  say("terminate an event", TerminateThread(go, 1));

  HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, GetCurrentProcessId());
  say("this process", process != NULL && GetProcessId(process) == GetCurrentProcessId());
  say("wait without the right", WaitForSingleObject(process, 0));
  say("terminate without the right", TerminateProcess(process, 1));
  say("no such process", OpenProcess(SYNCHRONIZE, FALSE, 0) != NULL);
  HANDLE all[] = {ready, go, thread, waits, asks, self, held, process};
  for (int i = 0; i < 8; i++) CloseHandle(all[i]);
  return 0;
}
