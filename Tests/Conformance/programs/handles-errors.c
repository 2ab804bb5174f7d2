// What the functions answer to handles that are no handles, or of another type.
#include <stdio.h>
#include <windows.h>

#define TRY(call)                                                                                                      \
  do {                                                                                                                 \
    SetLastError(0);                                                                                                   \
    long long result = (long long)(call);                                                                              \
    DWORD error = GetLastError();                                                                                      \
    printf("  %s: %lld, error %lu\n", #call, result, error);                                                           \
  } while (0)

static VOID CALLBACK nothing(ULONG_PTR argument) { (void)argument; }

static void try_all(const char *name, HANDLE h, HANDLE event) {
  HANDLE pair[2] = {event, h};
  LONG before;
  DWORD code = 0;
  printf("%s\n", name);
  TRY(SetEvent(h));
  TRY(ResetEvent(h));
  TRY(PulseEvent(h));
  TRY(ReleaseSemaphore(h, 1, &before));
  TRY(ReleaseMutex(h));
  TRY(WaitForMultipleObjects(2, pair, TRUE, 0));
  TRY(SignalObjectAndWait(h, event, 0, FALSE));
  TRY(GetExitCodeThread(h, &code));
  TRY(GetExitCodeProcess(h, &code));
  TRY(TerminateProcess(h, 1));
  TRY(QueueUserAPC(nothing, h, 0));
  TRY((int)ResumeThread(h));
  TRY((int)SuspendThread(h));
  TRY(GetThreadId(h));
  TRY(GetProcessId(h));
  TRY(PostQueuedCompletionStatus(h, 0, 0, NULL));
}

int main(void) {
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE closed = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  CloseHandle(closed);
  try_all("NULL", NULL, event);
  try_all("no handle", (HANDLE)(ULONG_PTR)0x7ffffff0, event);
  TRY(CloseHandle(NULL));
  TRY(CloseHandle((HANDLE)(ULONG_PTR)0x7ffffff0));
  TRY(WaitForSingleObject(NULL, 0));
  TRY(WaitForSingleObject(NULL, INFINITE));
  TRY(WaitForSingleObject((HANDLE)(ULONG_PTR)0x7ffffff0, INFINITE));
  TRY(WaitForMultipleObjects(0, &event, FALSE, 0));
  TRY(WaitForMultipleObjects(65, &event, FALSE, 0));
  TRY(SetEvent(port));
  TRY(ReleaseMutex(event));
  TRY(ReleaseSemaphore(event, 1, NULL));
  TRY((int)ResumeThread(event));
  TRY(GetThreadId(event));
  TRY(GetProcessId(event));
  TRY(QueueUserAPC(nothing, event, 0));
  CloseHandle(event);
  CloseHandle(port);
  return 0;
}
