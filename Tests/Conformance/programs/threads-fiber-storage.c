// FlsAlloc: values of each thread, and who is called back about what is left of them.
#include <stdio.h>
#include <windows.h>

static DWORD slot;

static VOID WINAPI left(PVOID value) { printf("  left: %d\n", (int)(ULONG_PTR)value); }

static DWORD WINAPI returns(LPVOID value) {
  PVOID before = FlsGetValue(slot);
  BOOL done = FlsSetValue(slot, value);
  printf("  before %d, set %d, then %d\n", (int)(ULONG_PTR)before, done, (int)(ULONG_PTR)FlsGetValue(slot));
  return 0;
}

static DWORD WINAPI clears(LPVOID value) {
  FlsSetValue(slot, value);
  FlsSetValue(slot, NULL);
  return 0;
}

static DWORD WINAPI exits(LPVOID value) {
  FlsSetValue(slot, value);
  ExitThread(0);
}

static void run(const char *name, LPTHREAD_START_ROUTINE how, ULONG_PTR value) {
  printf("%s\n", name);
  HANDLE thread = CreateThread(NULL, 0, how, (LPVOID)value, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

int main(void) {
  slot = FlsAlloc(left);
  printf("allocated %d\n", slot != FLS_OUT_OF_INDEXES);
  run("a thread that returns", returns, 1);
  run("a thread that clears it", clears, 2);
  run("a thread that exits", exits, 3);
  printf("here: %d\n", FlsGetValue(slot) != NULL);
  FlsSetValue(slot, (PVOID)(ULONG_PTR)4);
  BOOL done = FlsFree(slot);
  printf("freed %d\n", done);
  SetLastError(0);
  done = FlsFree(slot);
  DWORD error = GetLastError();
  printf("freed again %d, error %lu\n", done, error);
  SetLastError(0);
  done = FlsSetValue(9999, NULL);
  error = GetLastError();
  printf("no index: set %d, error %lu\n", done, error);

  DWORD silent = FlsAlloc(NULL);
  done = FlsSetValue(silent, (PVOID)(ULONG_PTR)5);
  printf("without a callback: set %d, then %d\n", done, (int)(ULONG_PTR)FlsGetValue(silent));
  slot = FlsAlloc(left);
  FlsSetValue(slot, (PVOID)(ULONG_PTR)6);
  printf("the end\n");
  return 0;
}
