// Calls queued to another thread: before it begins, while it waits, while it does not, and after its end.
#include <stdio.h>
#include <windows.h>

static HANDLE ready, go, made;

static VOID CALLBACK call(ULONG_PTR number) {
  printf("  call %d\n", (int)number);
  if (number == 9) SetEvent(made);
}

static VOID CALLBACK leave(ULONG_PTR code) {
  printf("  the call ends the thread\n");
  ExitThread((DWORD)code);
}

static DWORD WINAPI work(LPVOID parameter) {
  (void)parameter;
  printf("the thread begins\n");
  SetEvent(ready);
  printf("not alertable: %lu\n", WaitForSingleObject(go, INFINITE));
  printf("alertable: %lu\n", SleepEx(INFINITE, TRUE));
  SetEvent(ready);
  printf("waiting: %lu\n", WaitForSingleObjectEx(go, INFINITE, TRUE));
  SetEvent(ready);
  SleepEx(INFINITE, TRUE);
  printf("this is never printed\n");
  return 1;
}

int main(void) {
  ready = CreateEventA(NULL, FALSE, FALSE, NULL);
  go = CreateEventA(NULL, FALSE, FALSE, NULL);
  made = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, work, NULL, CREATE_SUSPENDED, NULL);
  QueueUserAPC(call, thread, 1);
  QueueUserAPC(call, thread, 2);
  ResumeThread(thread);
  WaitForSingleObject(ready, INFINITE);
  QueueUserAPC(call, thread, 3);
  QueueUserAPC(call, thread, 4);
  SetEvent(go);
  WaitForSingleObject(ready, INFINITE);
  QueueUserAPC(call, thread, 9);
  WaitForSingleObject(made, INFINITE);
  WaitForSingleObject(ready, INFINITE);
  QueueUserAPC(leave, thread, 17);
  WaitForSingleObject(thread, INFINITE);
  DWORD code = 0;
  GetExitCodeThread(thread, &code);
  printf("exit code %lu\n", code);
  SetLastError(0);
  DWORD queued = QueueUserAPC(call, thread, 5);
  DWORD error = GetLastError();
  printf("after its end: %lu, error %lu\n", queued, error);
  CloseHandle(thread);
  CloseHandle(ready);
  CloseHandle(go);
  CloseHandle(made);
  return 0;
}
