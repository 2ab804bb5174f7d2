// QueueUserWorkItem: all items run, in other threads, also from inside another item, and long ones do not stop others.
#include <stdio.h>
#include <windows.h>

static HANDLE all_done, release, nested_done;
static volatile LONG done, in_main_thread;
static DWORD main_thread;

static DWORD WINAPI item(LPVOID parameter) {
  if (GetCurrentThreadId() == main_thread) InterlockedIncrement(&in_main_thread);
  if (InterlockedAdd(&done, (LONG)(LONG_PTR)parameter) == 5050) SetEvent(all_done);
  return 17;
}

static DWORD WINAPI blocks(LPVOID parameter) {
  (void)parameter;
  WaitForSingleObject(release, INFINITE);
  return 0;
}

static DWORD WINAPI sets(LPVOID parameter) {
  SetEvent((HANDLE)parameter);
  return 0;
}

static DWORD WINAPI nests(LPVOID parameter) { return !QueueUserWorkItem(sets, parameter, WT_EXECUTEDEFAULT); }

int main(void) {
  int queued = 0;
  main_thread = GetCurrentThreadId();
  all_done = CreateEvent(NULL, TRUE, FALSE, NULL);
  release = CreateEvent(NULL, TRUE, FALSE, NULL);
  nested_done = CreateEvent(NULL, TRUE, FALSE, NULL);
  for (int i = 0; i < 4; i++) QueueUserWorkItem(blocks, NULL, WT_EXECUTELONGFUNCTION);
  for (LONG_PTR i = 1; i <= 100; i++)
    queued += QueueUserWorkItem(item, (LPVOID)i, i % 2 ? WT_EXECUTEDEFAULT : WT_EXECUTELONGFUNCTION);
  printf("queued %d\n", queued);
  printf("all done while others block: %lu\n", WaitForSingleObject(all_done, INFINITE));
  printf("sum %ld, in my thread %ld\n", done, in_main_thread);
  QueueUserWorkItem(nests, nested_done, WT_EXECUTEDEFAULT);
  printf("nested: %lu\n", WaitForSingleObject(nested_done, INFINITE));
  SetEvent(release);
  return 0;
}
