// Handles of processes that a child inherits: its parent's own, by which it notices the parent's end, and a sibling's,
// whose exit code it is told, or which it ends.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];

static HANDLE start(const char *part, HANDLE inherited) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s %llu", self, part, (unsigned long long)(ULONG_PTR)inherited);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information)) {
    printf("CreateProcess: error %lu\n", GetLastError());
    exit(1);
  }
  CloseHandle(information.hThread);
  return information.hProcess;
}

static DWORD ended(HANDLE process) {
  DWORD code = 0;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  CloseHandle(process);
  return code;
}

static HANDLE open_event(const char *name) { return CreateEventA(NULL, TRUE, FALSE, name); }

// ----------------------------------------------------------------------------------------------------------- children

/// Waits for the end of its parent, and tells the grandparent.
static int orphan(HANDLE parent) {
  HANDLE orphaned = OpenEventA(EVENT_MODIFY_STATE, FALSE, "lw-orphaned");
  DWORD code = 0, result = WaitForSingleObject(parent, 0);
  GetExitCodeProcess(parent, &code);
  HANDLE ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, "lw-orphan-ready");
  if (result == WAIT_TIMEOUT && code == STILL_ACTIVE) SetEvent(ready);
  if (WaitForSingleObject(parent, INFINITE) == WAIT_OBJECT_0) SetEvent(orphaned);
  return 0;
}

/// Has a child that gets a handle of it, and ends when that is there.
static int parent_of_orphan(void) {
  HANDLE own = NULL, ready = OpenEventA(SYNCHRONIZE, FALSE, "lw-orphan-ready");
  GetModuleFileNameA(NULL, self, sizeof self);
  DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &own, 0, TRUE, DUPLICATE_SAME_ACCESS);
  CloseHandle(start("orphan", own));
  WaitForSingleObject(ready, INFINITE);
  return 3;
}

static int sleeper(void) {
  WaitForSingleObject(OpenEventA(SYNCHRONIZE, FALSE, "lw-sleeper"), INFINITE);
  return 70000;
}

/// Waits for a sibling beside an event of its own.
static int watcher(HANDLE sibling) {
  HANDLE both[2] = {open_event(NULL), sibling}, seen = OpenEventA(EVENT_MODIFY_STATE, FALSE, "lw-seen");
  printf("  same process %d, lives %lu\n", GetProcessId(sibling) != GetCurrentProcessId(),
         WaitForMultipleObjects(2, both, FALSE, 0));
  fflush(stdout);
  SetEvent(seen);
  DWORD code = 0, result = WaitForMultipleObjects(2, both, FALSE, INFINITE);
  GetExitCodeProcess(sibling, &code);
  printf("  sibling ended %lu\n", code);
  return (int)result + 5;
}

/// Ends a sibling, which it knows by its number too.
static int killer(HANDLE sibling) {
  HANDLE opened = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, GetProcessId(sibling));
  DWORD code = 0;
  BOOL done = TerminateProcess(opened, 1);
  printf("  without the right %d error %lu\n", done, GetLastError());
  done = TerminateProcess(sibling, 300000);
  WaitForSingleObject(opened, INFINITE);
  GetExitCodeProcess(opened, &code);
  printf("  terminated %d, code %lu\n", done, code);
  return 8;
}

// ------------------------------------------------------------------------------------------------------------- parent

int main(int count, char **arguments) {
  const char *part = count > 1 ? arguments[1] : "";
  HANDLE inherited = count > 2 ? (HANDLE)(ULONG_PTR)strtoull(arguments[2], NULL, 10) : NULL;
  if (!strcmp(part, "orphan")) return orphan(inherited);
  if (!strcmp(part, "parent")) return parent_of_orphan();
  if (!strcmp(part, "sleeper")) return sleeper();
  if (!strcmp(part, "watcher")) return watcher(inherited);
  if (!strcmp(part, "killer")) return killer(inherited);
  GetModuleFileNameA(NULL, self, sizeof self);
  HANDLE orphaned = open_event("lw-orphaned"), ready = open_event("lw-orphan-ready");
  HANDLE wakes = open_event("lw-sleeper"), seen = open_event("lw-seen");
  printf("parent ended %lu\n", ended(start("parent", NULL)));
  printf("orphan noticed %lu, was ready %lu\n", WaitForSingleObject(orphaned, INFINITE), WaitForSingleObject(ready, 0));

  HANDLE sibling = start("sleeper", NULL);
  SetHandleInformation(sibling, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  HANDLE watching = start("watcher", sibling);
  WaitForSingleObject(seen, INFINITE);
  SetEvent(wakes);
  printf("watcher ended %lu\n", ended(watching));
  printf("sibling ended %lu\n", ended(sibling));

  ResetEvent(wakes);
  sibling = start("sleeper", NULL);
  SetHandleInformation(sibling, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  printf("killer ended %lu\n", ended(start("killer", sibling)));
  printf("sibling ended %lu\n", ended(sibling));
  return 0;
}
