// Events, semaphores and mutexes without a name, of which a child inherits the handles: by SECURITY_ATTRIBUTES, by
// SetHandleInformation, as a duplicate with fewer rights, and what it then hands on itself.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];

static HANDLE start(const char *part, HANDLE first, HANDLE second, BOOL inherits) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s %llu %p", self, part, (unsigned long long)(ULONG_PTR)first, second);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, inherits, 0, NULL, NULL, &startup, &information)) {
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

// ----------------------------------------------------------------------------------------------------------- children

static int answer(HANDLE asked, HANDLE answered) {
  int answers = 0;
  while (answers < 20 && WaitForSingleObject(asked, INFINITE) == WAIT_OBJECT_0) {
    answers++;
    SetEvent(answered);
  }
  return answers;
}

static int probe(HANDLE event, HANDLE weak) {
  DWORD flags = 0;
  BOOL done = GetHandleInformation(event, &flags);
  printf("  there %d, flags %lu", done, flags);
  done = SetEvent(weak);
  printf(", set by the weak one %d error %lu\n", done, done ? 0 : GetLastError());
  printf("  waits %lu %lu\n", WaitForSingleObject(event, 0), WaitForSingleObject(weak, 0));
  return SetEvent(event) ? 1 : 2;
}

static int give(HANDLE semaphore, HANDLE mutex) {
  LONG before = -1;
  DWORD result = WaitForSingleObject(mutex, INFINITE);
  ReleaseSemaphore(semaphore, 2, &before);
  printf("  semaphore %ld, mutex %lu\n", before, result);
  return 4;
}

static int wait_for_both(HANDLE one, HANDLE other) {
  HANDLE both[2] = {one, other};
  return (int)WaitForMultipleObjects(2, both, TRUE, INFINITE) + 6;
}

/// A grandchild gets what the child was given, and the child has ended before it does.
static int pass(HANDLE one, HANDLE other) {
  GetModuleFileNameA(NULL, self, sizeof self);
  CloseHandle(start("answer", one, other, TRUE));
  return 9;
}

// ------------------------------------------------------------------------------------------------------------- parent

static void rounds(const char *part, HANDLE asked, HANDLE answered) {
  HANDLE child = start(part, asked, answered, TRUE);
  DWORD code = 0;
  if (!strcmp(part, "pass")) code = ended(child);
  for (int i = 0; i < 20; i++) SignalObjectAndWait(asked, answered, INFINITE, FALSE);
  if (strcmp(part, "pass")) code = ended(child);
  printf("%s: ended %lu\n", part, code);
}

int main(int count, char **arguments) {
  if (count > 3) {
    HANDLE first = (HANDLE)(ULONG_PTR)strtoull(arguments[2], NULL, 10), second = NULL;
    sscanf(arguments[3], "%p", &second);
    if (!strcmp(arguments[1], "answer")) return answer(first, second);
    if (!strcmp(arguments[1], "probe")) return probe(first, second);
    if (!strcmp(arguments[1], "give")) return give(first, second);
    if (!strcmp(arguments[1], "both")) return wait_for_both(first, second);
    return pass(first, second);
  }
  GetModuleFileNameA(NULL, self, sizeof self);
  SECURITY_ATTRIBUTES inheritable = {sizeof inheritable, NULL, TRUE};
  HANDLE asked = CreateEventA(&inheritable, FALSE, FALSE, NULL), answered = CreateEventA(NULL, FALSE, FALSE, NULL);
  SetHandleInformation(answered, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  rounds("answer", asked, answered);
  rounds("pass", asked, answered);

  HANDLE event = CreateEventA(&inheritable, TRUE, TRUE, NULL), weak = NULL, hidden = NULL;
  DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &weak, SYNCHRONIZE, TRUE, 0);
  DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &hidden, 0, FALSE, DUPLICATE_SAME_ACCESS);
  printf("probe: ended %lu\n", ended(start("probe", event, weak, TRUE)));
  ResetEvent(event);
  printf("probe: ended %lu\n", ended(start("probe", event, weak, TRUE)));
  printf("set: %lu\n", WaitForSingleObject(hidden, 0));

  HANDLE semaphore = CreateSemaphoreA(&inheritable, 0, 2, NULL), mutex = CreateMutexA(&inheritable, TRUE, NULL);
  HANDLE child = start("give", semaphore, mutex, TRUE);
  BOOL done = ReleaseMutex(mutex);
  printf("give: release %d, ended %lu\n", done, ended(child));
  printf("give: mutex %lu, semaphore", WaitForSingleObject(mutex, INFINITE));
  for (int i = 0; i < 3; i++) printf(" %lu", WaitForSingleObject(semaphore, 0));
  printf("\n");

  child = start("both", semaphore, mutex, TRUE);
  ReleaseSemaphore(semaphore, 1, NULL);
  printf("both: not yet %lu\n", WaitForSingleObject(child, 20));
  ReleaseMutex(mutex);
  printf("both: ended %lu\n", ended(child));
  printf("both: semaphore %lu, mutex", WaitForSingleObject(semaphore, 0));
  printf(" %lu\n", WaitForSingleObject(mutex, 0));
  CloseHandle(event);
  printf("without the first handle: %lu", WaitForSingleObject(weak, 0));
  done = SetEvent(weak);
  printf(", set %d error %lu\n", done, GetLastError());
  return 0;
}
