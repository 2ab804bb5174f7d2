// The two flags of a handle, and closing a protected one.
#include <stdio.h>
#include <windows.h>

static void show(const char *name, HANDLE handle) {
  DWORD flags = 77;
  SetLastError(0);
  BOOL done = GetHandleInformation(handle, &flags);
  DWORD error = GetLastError();
  printf("%s: %d, flags %lu, error %lu\n", name, done, flags, error);
}

static void change(const char *name, HANDLE handle, DWORD mask, DWORD flags) {
  SetLastError(0);
  BOOL done = SetHandleInformation(handle, mask, flags);
  DWORD error = GetLastError();
  printf("%s: %d, error %lu\n", name, done, error);
}

static void close(const char *name, HANDLE handle) {
  SetLastError(0);
  BOOL done = CloseHandle(handle);
  DWORD error = GetLastError();
  printf("%s: %d, error %lu\n", name, done, error);
}

int main(void) {
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
  HANDLE plain = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE inherited = CreateEventA(&inherit, TRUE, FALSE, NULL);
  HANDLE semaphore = CreateSemaphoreA(&inherit, 0, 1, NULL);
  HANDLE mutex = CreateMutexA(&inherit, FALSE, NULL);
  show("plain", plain);
  show("inherited event", inherited);
  show("inherited semaphore", semaphore);
  show("inherited mutex", mutex);
  change("set inherit", plain, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  show("plain", plain);
  change("protect", plain, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE);
  show("plain", plain);
  close("close a protected handle", plain);
  printf("it still works: %d\n", SetEvent(plain));

  HANDLE copy = NULL;
  HANDLE self = GetCurrentProcess();
  DuplicateHandle(self, plain, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
  show("a duplicate", copy);
  close("close the duplicate", copy);
  DuplicateHandle(self, plain, self, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS);
  show("an inherited duplicate", copy);
  close("close it", copy);

  change("change nothing", plain, 0, 3);
  show("plain", plain);
  change("clear both", plain, 3, 0);
  show("plain", plain);
  close("close it", plain);
  show("NULL", NULL);
  change("NULL", NULL, 1, 1);
  CloseHandle(inherited);
  CloseHandle(semaphore);
  CloseHandle(mutex);
  return 0;
}
