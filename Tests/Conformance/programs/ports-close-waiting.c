// Closing a port while threads wait for packets lets them go.
// wine-differs: Wine 8 keeps them until their timeout and answers 258; since Windows Vista it is ERROR_ABANDONED_WAIT_0
// at once (the page of GetQueuedCompletionStatus, Remarks)
#include <stdio.h>
#include <windows.h>

static HANDLE port;

static DWORD WINAPI waits(LPVOID parameter) {
  DWORD bytes = 77;
  ULONG_PTR key = 77;
  LPOVERLAPPED overlapped = (LPOVERLAPPED)&bytes;
  (void)parameter;
  if (GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 2000)) return 0;
  DWORD error = GetLastError();
  return overlapped == NULL && bytes == 77 && key == 77 ? error : 1;
}

static DWORD WINAPI waits_for_several(LPVOID parameter) {
  OVERLAPPED_ENTRY entries[4];
  ULONG count = 0;
  (void)parameter;
  return GetQueuedCompletionStatusEx(port, entries, 4, &count, 2000, FALSE) ? 0 : GetLastError();
}

int main(void) {
  HANDLE threads[3];
  DWORD code;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  for (int i = 0; i < 3; i++) threads[i] = CreateThread(NULL, 0, i == 2 ? waits_for_several : waits, NULL, 0, NULL);
  Sleep(100);
  printf("closed %d\n", CloseHandle(port));
  WaitForMultipleObjects(3, threads, TRUE, INFINITE);
  for (int i = 0; i < 3; i++) {
    GetExitCodeThread(threads[i], &code);
    printf("thread %d: %lu\n", i, code);
    CloseHandle(threads[i]);
  }
  return 0;
}
