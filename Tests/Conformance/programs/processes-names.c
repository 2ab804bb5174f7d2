// Named events, semaphores and mutexes between a program and its children: who finds what, in which state, who is
// released, and when a name is gone.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char self[MAX_PATH];

static HANDLE start(const char *part) {
  char command[1024];
  STARTUPINFOA startup;
  PROCESS_INFORMATION information;
  memset(&startup, 0, sizeof startup);
  startup.cb = sizeof startup;
  snprintf(command, sizeof command, "\"%s\" %s", self, part);
  fflush(stdout);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) {
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

static HANDLE say(const char *name, HANDLE handle) {
  DWORD error = GetLastError();
  printf("  %s: a handle: %d, error %lu\n", name, handle != NULL, error);
  SetLastError(0);
  return handle;
}

// ----------------------------------------------------------------------------------------------------------- children

/// Looks at all that the parent has.
static int look(void) {
  SetLastError(0);
  HANDLE event = say("event", OpenEventA(EVENT_ALL_ACCESS, FALSE, "Local\\lw-event"));
  HANDLE plain = say("event by its plain name", OpenEventW(SYNCHRONIZE, FALSE, L"lw-event"));
  say("another case of letters", OpenEventA(SYNCHRONIZE, FALSE, "LW-EVENT"));
  HANDLE again = say("event created again", CreateEventA(NULL, FALSE, TRUE, "lw-event"));
  HANDLE global = say("global event", OpenEventA(EVENT_ALL_ACCESS, FALSE, "Global\\lw-global"));
  HANDLE semaphore = say("semaphore", OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "lw-semaphore"));
  HANDLE other = say("semaphore created again", CreateSemaphoreA(NULL, 5, 9, "lw-semaphore"));
  HANDLE mutex = say("mutex created again", CreateMutexA(NULL, TRUE, "lw-mutex"));
  say("a mutex by the event's name", OpenMutexA(SYNCHRONIZE, FALSE, "lw-event"));
  say("a semaphore by the event's name", CreateSemaphoreA(NULL, 0, 1, "lw-event"));
  say("an event by the mutex's name", CreateEventA(NULL, FALSE, FALSE, "lw-mutex"));
  say("what there is not", OpenMutexA(SYNCHRONIZE, FALSE, "lw-none"));
  printf("  states: event %lu %lu, global %lu\n", WaitForSingleObject(event, 0), WaitForSingleObject(again, 0),
         WaitForSingleObject(global, 0));
  BOOL done = SetEvent(plain);
  printf("  no right to set: %d, error %lu\n", done, GetLastError());
  LONG before = -1;
  done = ReleaseSemaphore(other, 2, &before);
  printf("  release 2: %d, before %ld\n", done, before);
  done = ReleaseSemaphore(semaphore, 1, &before);
  printf("  beyond the parent's maximum: %d, error %lu\n", done, GetLastError());
  printf("  mutex that the parent owns: %lu\n", WaitForSingleObject(mutex, 0));
  done = ReleaseMutex(mutex);
  printf("  its release: %d, error %lu\n", done, GetLastError());
  SetEvent(global);
  return 3;
}

/// Answers one event by another until it is told to stop.
static int answer(void) {
  HANDLE asked = OpenEventA(SYNCHRONIZE, FALSE, "lw-asked"), stop = OpenEventA(SYNCHRONIZE, FALSE, "lw-stop");
  HANDLE answered = OpenEventA(EVENT_MODIFY_STATE, FALSE, "lw-answered");
  HANDLE both[2] = {stop, asked};
  int answers = 0;
  while (WaitForMultipleObjects(2, both, FALSE, INFINITE) == WAIT_OBJECT_0 + 1) {
    answers++;
    SetEvent(answered);
  }
  return answers;
}

/// Says that it is there, waits, and counts itself.
static int wait_one(void) {
  HANDLE ready = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "lw-ready");
  HANDLE gate = OpenEventA(SYNCHRONIZE, FALSE, "lw-gate"),
         passed = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "lw-passed");
  DWORD result = SignalObjectAndWait(ready, gate, INFINITE, FALSE);
  ReleaseSemaphore(passed, 1, NULL);
  return (int)result + 10;
}

/// Takes the mutex twice, says so, and gives it back once it may.
static int hold(void) {
  HANDLE mutex = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "lw-held"),
         ready = OpenEventA(EVENT_ALL_ACCESS, FALSE, "lw-ready");
  HANDLE go = OpenEventA(SYNCHRONIZE, FALSE, "lw-go");
  DWORD first = WaitForSingleObject(mutex, INFINITE), second = WaitForSingleObject(mutex, INFINITE);
  SetEvent(ready);
  WaitForSingleObject(go, INFINITE);
  BOOL one = ReleaseMutex(mutex), two = ReleaseMutex(mutex), three = ReleaseMutex(mutex);
  return (int)(first + second) + one * 4 + two * 2 + three;
}

static int make(void) {
  SetLastError(0);
  say("child makes it", CreateEventA(NULL, TRUE, TRUE, "lw-childs"));
  HANDLE made = OpenEventA(EVENT_ALL_ACCESS, FALSE, "lw-made"), go = OpenEventA(SYNCHRONIZE, FALSE, "lw-go");
  fflush(stdout);
  SetEvent(made);
  WaitForSingleObject(go, INFINITE);
  return 0;
}

// ------------------------------------------------------------------------------------------------------------- parent

static void states(void) {
  printf("states:\n");
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, "lw-event");
  HANDLE global = CreateEventA(NULL, FALSE, FALSE, "Global\\lw-global");
  HANDLE semaphore = CreateSemaphoreA(NULL, 1, 3, "Local\\lw-semaphore");
  HANDLE mutex = CreateMutexA(NULL, TRUE, "lw-mutex");
  SetEvent(event);
  printf("ended %lu\n", ended(start("look")));
  printf("after: event %lu, global %lu", WaitForSingleObject(event, 0), WaitForSingleObject(global, 0));
  printf(" %lu, mutex %lu, semaphore", WaitForSingleObject(global, 0), WaitForSingleObject(mutex, 0));
  for (int i = 0; i < 4; i++) printf(" %lu", WaitForSingleObject(semaphore, 0));
  BOOL one = ReleaseMutex(mutex), two = ReleaseMutex(mutex), three = ReleaseMutex(mutex);
  printf(", releases %d %d %d\n", one, two, three);
  CloseHandle(event);
  CloseHandle(global);
  CloseHandle(semaphore);
  CloseHandle(mutex);
  SetLastError(0);
  say("closed", OpenEventA(SYNCHRONIZE, FALSE, "lw-event"));
}

static void rounds(void) {
  printf("rounds:\n");
  HANDLE asked = CreateEventA(NULL, FALSE, FALSE, "lw-asked"),
         answered = CreateEventA(NULL, FALSE, FALSE, "lw-answered");
  HANDLE stop = CreateEventA(NULL, TRUE, FALSE, "lw-stop"), child = start("answer");
  HANDLE either[2] = {child, answered};
  int answers = 0;
  for (int i = 0; i < 50; i++) {
    SetEvent(asked);
    if (WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_OBJECT_0 + 1) answers++;
  }
  for (int i = 0; i < 50; i++)
    if (SignalObjectAndWait(asked, answered, INFINITE, TRUE) == WAIT_OBJECT_0) answers++;
  SetEvent(stop);
  printf("answers %d, child's %lu\n", answers, ended(child));
  CloseHandle(asked);
  CloseHandle(answered);
  CloseHandle(stop);
}

static void gates(void) {
  printf("gates:\n");
  HANDLE ready = CreateSemaphoreA(NULL, 0, 10, "lw-ready"), passed = CreateSemaphoreA(NULL, 0, 10, "lw-passed");
  HANDLE gate = CreateEventA(NULL, FALSE, FALSE, "lw-gate"), children[3];
  for (int i = 0; i < 3; i++) children[i] = start("wait");
  for (int i = 0; i < 3; i++) WaitForSingleObject(ready, INFINITE);
  for (int i = 0; i < 3; i++) {
    SetEvent(gate);
    DWORD result = WaitForSingleObject(passed, INFINITE);
    printf("one passes %lu, and no more: %lu, gate %lu\n", result, WaitForSingleObject(passed, 0),
           WaitForSingleObject(gate, 0));
  }
  printf("all: %lu\n", WaitForMultipleObjects(3, children, TRUE, INFINITE));
  for (int i = 0; i < 3; i++) printf("ended %lu\n", ended(children[i]));
  CloseHandle(gate);
  gate = CreateEventA(NULL, TRUE, FALSE, "lw-gate");
  for (int i = 0; i < 3; i++) children[i] = start("wait");
  for (int i = 0; i < 3; i++) WaitForSingleObject(ready, INFINITE);
  SetEvent(gate);
  for (int i = 0; i < 3; i++) WaitForSingleObject(passed, INFINITE);
  for (int i = 0; i < 3; i++) printf("ended %lu\n", ended(children[i]));
  printf("open %lu\n", WaitForSingleObject(gate, 0));
  CloseHandle(gate);
  CloseHandle(ready);
  CloseHandle(passed);
}

static void held(void) {
  printf("held:\n");
  HANDLE mutex = CreateMutexA(NULL, FALSE, "lw-held"), ready = CreateEventA(NULL, FALSE, FALSE, "lw-ready");
  HANDLE go = CreateEventA(NULL, FALSE, FALSE, "lw-go"), child = start("hold");
  HANDLE all[2] = {mutex, go};
  WaitForSingleObject(ready, INFINITE);
  printf("while the child has it: %lu\n", WaitForSingleObject(mutex, 20));
  BOOL done = ReleaseMutex(mutex);
  printf("release: %d, error %lu\n", done, GetLastError());
  SetEvent(go);
  printf("then %lu\n", WaitForSingleObject(mutex, INFINITE));
  printf("ended %lu\n", ended(child));
  printf("all: %lu\n", WaitForMultipleObjects(2, all, TRUE, 0));
  SetEvent(go);
  printf("all: %lu\n", WaitForMultipleObjects(2, all, TRUE, 0));
  printf("consumed: %lu\n", WaitForSingleObject(go, 0));
  printf("releases %d", ReleaseMutex(mutex));
  printf(" %d", ReleaseMutex(mutex));
  printf(" %d\n", ReleaseMutex(mutex));
  CloseHandle(mutex);
  CloseHandle(ready);
  CloseHandle(go);
}

static void lives(void) {
  printf("lives:\n");
  HANDLE made = CreateEventA(NULL, FALSE, FALSE, "lw-made"), go = CreateEventA(NULL, TRUE, FALSE, "lw-go");
  HANDLE child = start("make");
  WaitForSingleObject(made, INFINITE);
  SetLastError(0);
  HANDLE childs = say("the child's", OpenEventA(EVENT_ALL_ACCESS, FALSE, "lw-childs"));
  SetEvent(go);
  ended(child);
  printf("its maker is gone, its state not: %lu\n", WaitForSingleObject(childs, 0));
  HANDLE second = say("and its name not", OpenEventA(EVENT_ALL_ACCESS, FALSE, "lw-childs"));
  ResetEvent(second);
  printf("one object: %lu\n", WaitForSingleObject(childs, 0));
  CloseHandle(second);
  CloseHandle(childs);
  say("until the last handle", OpenEventA(EVENT_ALL_ACCESS, FALSE, "lw-childs"));
  ended(start("make"));
  say("of a child that has ended", OpenEventA(EVENT_ALL_ACCESS, FALSE, "lw-childs"));
  CloseHandle(made);
  CloseHandle(go);
}

int main(int count, char **arguments) {
  const char *part = count > 1 ? arguments[1] : "";
  if (!strcmp(part, "look")) return look();
  if (!strcmp(part, "answer")) return answer();
  if (!strcmp(part, "wait")) return wait_one();
  if (!strcmp(part, "hold")) return hold();
  if (!strcmp(part, "make")) return make();
  GetModuleFileNameA(NULL, self, sizeof self);
  states();
  rounds();
  gates();
  held();
  lives();
  return 0;
}
