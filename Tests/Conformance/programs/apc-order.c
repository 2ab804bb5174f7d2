// QueueUserAPC: calls are made in order, in the next alertable wait, those queued meanwhile too.
#include <stdio.h>
#include <windows.h>

static VOID CALLBACK call(ULONG_PTR number) {
  printf("  call %d\n", (int)number);
  if (number == 3) QueueUserAPC(call, GetCurrentThread(), 4);
}

static VOID CALLBACK nested(ULONG_PTR number) {
  printf("  nested %d begins\n", (int)number);
  DWORD slept = SleepEx(0, TRUE);
  printf("  nested %d ends: %lu\n", (int)number, slept);
}

int main(void) {
  HANDLE self = GetCurrentThread();
  printf("nothing queued: %lu\n", SleepEx(0, TRUE));
  for (int i = 1; i <= 3; i++) printf("queued: %lu\n", QueueUserAPC(call, self, i));
  printf("not alertable\n");
  Sleep(0);
  printf("sleep: %lu\n", SleepEx(1, FALSE));
  printf("alertable\n");
  printf("sleep: %lu\n", SleepEx(INFINITE, TRUE));
  printf("sleep: %lu\n", SleepEx(0, TRUE));
  QueueUserAPC(nested, self, 5);
  QueueUserAPC(call, self, 6);
  QueueUserAPC(call, self, 7);
  printf("sleep: %lu\n", SleepEx(10, TRUE));

  HANDLE thread = NULL;
  DuplicateHandle(GetCurrentProcess(), self, GetCurrentProcess(), &thread, SYNCHRONIZE, FALSE, 0);
  SetLastError(0);
  DWORD queued = QueueUserAPC(call, thread, 8);
  DWORD error = GetLastError();
  printf("without the right: %lu, error %lu\n", queued, error);
  CloseHandle(thread);
  DuplicateHandle(GetCurrentProcess(), self, GetCurrentProcess(), &thread, THREAD_SET_CONTEXT, FALSE, 0);
  printf("with the right only: %lu\n", QueueUserAPC(call, thread, 9));
  printf("sleep: %lu\n", SleepEx(INFINITE, TRUE));
  CloseHandle(thread);
  return 0;
}
