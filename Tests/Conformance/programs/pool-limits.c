// WT_SET_MAX_THREADPOOL_THREADS and the other flags of QueueUserWorkItem: all items run, whatever the flags.
#include <stdio.h>
#include <windows.h>

#define ITEMS 60

static HANDLE all_done;
static volatile LONG done;

static DWORD WINAPI item(LPVOID parameter) {
  (void)parameter;
  Sleep(1);
  if (InterlockedIncrement(&done) == ITEMS) SetEvent(all_done);
  return 0;
}

int main(void) {
  static const ULONG each[] = {WT_EXECUTEDEFAULT, WT_EXECUTELONGFUNCTION, WT_EXECUTEINPERSISTENTTHREAD,
                               WT_EXECUTEINIOTHREAD, WT_TRANSFER_IMPERSONATION};
  all_done = CreateEvent(NULL, FALSE, FALSE, NULL);
  for (ULONG limit = 1; limit <= 8; limit *= 8) {
    int queued = 0;
    ULONG flags = WT_EXECUTEDEFAULT;
    WT_SET_MAX_THREADPOOL_THREADS(flags, limit);
    printf("flags %lx:", flags);
    done = 0;
    for (int i = 0; i < ITEMS; i++) queued += QueueUserWorkItem(item, NULL, i == 0 ? flags : each[i % 5]);
    DWORD waited = WaitForSingleObject(all_done, INFINITE);
    printf(" queued %d, done %lu, in all %ld\n", queued, waited, done);
  }
  CloseHandle(all_done);
  return 0;
}
