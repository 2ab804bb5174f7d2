// Named objects: one namespace for all types, the same for both forms of a name, gone with the last handle.
#include <stdio.h>
#include <windows.h>

static HANDLE say(const char *name, HANDLE handle) {
  DWORD error = GetLastError();
  printf("%s: a handle: %d, error %lu\n", name, handle != NULL, error);
  SetLastError(0);
  return handle;
}

int main(void) {
  SetLastError(0);
  HANDLE event = say("new event", CreateEventA(NULL, TRUE, FALSE, "latewrite-name"));
  HANDLE again = say("the same event", CreateEventW(NULL, FALSE, TRUE, L"latewrite-name"));
  HANDLE local = say("by its local name", CreateEventA(NULL, FALSE, FALSE, "Local\\latewrite-name"));
  HANDLE opened = say("opened", OpenEventW(EVENT_MODIFY_STATE | SYNCHRONIZE, FALSE, L"latewrite-name"));
  HANDLE opened_a = say("opened to wait", OpenEventA(SYNCHRONIZE, FALSE, "latewrite-name"));
  printf("the first one's state counts: %lu\n", WaitForSingleObject(again, 0));
  printf("one object: %d", SetEvent(opened));
  printf(" %lu", WaitForSingleObject(event, 0));
  printf(" %lu\n", WaitForSingleObject(local, 0));
  BOOL done = SetEvent(opened_a);
  printf("no right to set: %d, error %lu\n", done, GetLastError());
  SetLastError(0);

  say("another case of letters", OpenEventA(SYNCHRONIZE, FALSE, "Latewrite-Name"));
  say("a mutex of that name", CreateMutexA(NULL, FALSE, "latewrite-name"));
  say("a semaphore of that name", CreateSemaphoreA(NULL, 0, 1, "latewrite-name"));
  say("opened as a mutex", OpenMutexA(SYNCHRONIZE, FALSE, "latewrite-name"));
  say("opened as a semaphore", OpenSemaphoreW(SYNCHRONIZE, FALSE, L"latewrite-name"));
  say("no such name", OpenEventA(SYNCHRONIZE, FALSE, "latewrite-none"));
  say("no name", OpenEventA(SYNCHRONIZE, FALSE, NULL));
  say("a name with a directory", CreateEventA(NULL, FALSE, FALSE, "latewrite\\name"));
  CloseHandle(say("the empty name", CreateEventA(NULL, FALSE, FALSE, "")));
  CloseHandle(say("the empty name again", CreateEventA(NULL, FALSE, FALSE, "")));

  HANDLE mutex = say("new mutex", CreateMutexW(NULL, FALSE, L"latewrite-mutex"));
  HANDLE mutex_again = say("the same mutex, not owned", CreateMutexA(NULL, TRUE, "latewrite-mutex"));
  HANDLE mutex_opened = say("opened", OpenMutexW(MUTEX_ALL_ACCESS, FALSE, L"latewrite-mutex"));
  done = ReleaseMutex(mutex_again);
  printf("release: %d, error %lu\n", done, GetLastError());
  SetLastError(0);
  HANDLE semaphore = say("new semaphore", CreateSemaphoreW(NULL, 1, 2, L"latewrite-semaphore"));
  HANDLE semaphore_again = say("the same semaphore", CreateSemaphoreA(NULL, 0, 9, "latewrite-semaphore"));
  HANDLE semaphore_opened = say("opened", OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "latewrite-semaphore"));
  done = ReleaseSemaphore(semaphore_opened, 2, NULL);
  printf("beyond the first one's maximum: %d, error %lu\n", done, GetLastError());
  SetLastError(0);

  HANDLE all[] = {event, again, local, opened, opened_a, mutex, mutex_again, mutex_opened, semaphore, semaphore_again};
  for (int i = 0; i < 10; i++) CloseHandle(all[i]);
  say("with one handle left", semaphore = OpenSemaphoreA(SYNCHRONIZE, FALSE, "latewrite-semaphore"));
  CloseHandle(semaphore);
  CloseHandle(semaphore_opened);
  say("with no handle left", OpenSemaphoreA(SYNCHRONIZE, FALSE, "latewrite-semaphore"));
  CloseHandle(say("another type now", CreateMutexA(NULL, FALSE, "latewrite-name")));
  return 0;
}
