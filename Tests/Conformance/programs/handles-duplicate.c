// DuplicateHandle: one object by several handles, with the rights that were asked for.
#include <stdio.h>
#include <windows.h>

static HANDLE duplicate(HANDLE source, DWORD access, DWORD options) {
  HANDLE made = NULL;
  SetLastError(0);
  BOOL done = DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &made, access, FALSE, options);
  DWORD error = GetLastError();
  printf("duplicate: %d, a handle: %d, error %lu\n", done, made != NULL, error);
  return made;
}

static void set(const char *name, HANDLE event) {
  SetLastError(0);
  BOOL done = SetEvent(event);
  DWORD error = GetLastError();
  printf("%s: set %d, error %lu\n", name, done, error);
}

static void look(const char *name, HANDLE object) {
  SetLastError(0);
  DWORD result = WaitForSingleObject(object, 0);
  DWORD error = GetLastError();
  printf("%s: wait %lu, error %lu\n", name, result, error);
}

int main(void) {
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE same = duplicate(event, 0, DUPLICATE_SAME_ACCESS);
  set("same access", same);
  look("source", event);
  look("same access", same);

  HANDLE waits = duplicate(event, SYNCHRONIZE, 0);
  set("SYNCHRONIZE only", waits);
  SetLastError(0);
  BOOL reset = ResetEvent(waits);
  DWORD error = GetLastError();
  printf("SYNCHRONIZE only: reset %d, error %lu\n", reset, error);
  look("SYNCHRONIZE only", waits);

  HANDLE sets = duplicate(event, EVENT_MODIFY_STATE, 0);
  set("EVENT_MODIFY_STATE only", sets);
  look("EVENT_MODIFY_STATE only", sets);
  look("source", event);
  HANDLE inherits = duplicate(waits, 0, DUPLICATE_SAME_ACCESS);
  set("same access of SYNCHRONIZE only", inherits);
  HANDLE all = duplicate(event, GENERIC_ALL, 0);
  set("GENERIC_ALL", all);

  CloseHandle(event);
  look("after the source was closed", same);
  HANDLE moved = duplicate(same, 0, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE);
  set("moved", moved);
  look("moved", moved);

  duplicate(NULL, 0, DUPLICATE_SAME_ACCESS);
  SetLastError(0);
  HANDLE none = NULL;
  BOOL done = DuplicateHandle(waits, waits, GetCurrentProcess(), &none, 0, FALSE, DUPLICATE_SAME_ACCESS);
  error = GetLastError();
  printf("from what is no process: %d, error %lu\n", done, error);
  CloseHandle(waits);
  CloseHandle(sets);
  CloseHandle(inherits);
  CloseHandle(all);
  CloseHandle(moved);
  return 0;
}
