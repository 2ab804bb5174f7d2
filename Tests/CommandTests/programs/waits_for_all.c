// A mutex, a slim lock, an event, an address and the end of threads, and for each a thread that waits for it for ever.
#include <windows.h>

static HANDLE mutex, never;
static SRWLOCK slim = SRWLOCK_INIT;
static LONG word = 7;

static DWORD WINAPI holder(void *context) {
  AcquireSRWLockExclusive(&slim);
  WaitForSingleObject(never, INFINITE);
  return 0;
}

static DWORD WINAPI wants_mutex(void *context) {
  WaitForSingleObject(mutex, INFINITE);
  return 0;
}

static DWORD WINAPI wants_slim(void *context) {
  AcquireSRWLockShared(&slim);
  return 0;
}

static DWORD WINAPI wants_word(void *context) {
  LONG seven = 7;
  WaitOnAddress(&word, &seven, sizeof word, INFINITE);
  return 0;
}

static DWORD WINAPI wants_packet(void *context) {
  DWORD bytes;
  ULONG_PTR key;
  OVERLAPPED *overlapped;
  return GetQueuedCompletionStatus(context, &bytes, &key, &overlapped, INFINITE);
}

int main(void) {
  never = CreateEventA(NULL, TRUE, FALSE, NULL);
  mutex = CreateMutexA(NULL, TRUE, NULL);
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  HANDLE threads[] = {CreateThread(NULL, 0, holder, NULL, 0, NULL), CreateThread(NULL, 0, wants_mutex, NULL, 0, NULL),
                      CreateThread(NULL, 0, wants_slim, NULL, 0, NULL),
                      CreateThread(NULL, 0, wants_word, NULL, 0, NULL),
                      CreateThread(NULL, 0, wants_packet, port, 0, NULL)};
  WaitForMultipleObjects(5, threads, TRUE, INFINITE);
  return 0;
}
