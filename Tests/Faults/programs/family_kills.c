// Children that take and give mutexes, semaphores and events as fast as they can are killed at any moment, in the midst
// of whatever they do. Whoever gets the next signal may release it; at the end all can be had; and the parent has no
// more descriptors than before.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/// The headers of a program for Windows have it not.
long long readlink(const char *path, char *target, unsigned long long bytes);

enum { CHILDREN = 4, THREADS = 3, KILLS = 60, LOOKS = 10000 };

static char self[MAX_PATH];
static HANDLE first, second, places, ball, turns, wrong, stop;

static HANDLE start(int seed) {
  char command[MAX_PATH + 32];
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION information;
  snprintf(command, sizeof command, "\"%s\" %d", self, seed);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information)) exit(2);
  CloseHandle(information.hThread);
  return information.hProcess;
}

static void open_all(void) {
  first = CreateMutexA(NULL, FALSE, "lw-kills-first");
  second = CreateMutexA(NULL, FALSE, "lw-kills-second");
  places = CreateSemaphoreA(NULL, 1000000, 2000000, "lw-kills-places");
  ball = CreateEventA(NULL, FALSE, FALSE, "lw-kills-ball");
  turns = CreateSemaphoreA(NULL, 0, 1000000000, "lw-kills-turns");
  wrong = CreateEventA(NULL, TRUE, FALSE, "lw-kills-wrong");
  stop = CreateEventA(NULL, TRUE, FALSE, "lw-kills-stop");
}

static BOOL had(DWORD result) { return result < WAIT_ABANDONED_0 + 64; }
static void give(HANDLE mutex) {
  if (!ReleaseMutex(mutex)) SetEvent(wrong);
}

/// One wait, of any kind, and giving back what it took.
static void turn(unsigned chance, HANDLE own) {
  HANDLE all[3] = {first, second, places}, mixed[2] = {own, first};
  DWORD ms = chance >> 8 & 3, result = WAIT_TIMEOUT;
  switch (chance % 5) {
  case 0:
    if (had(WaitForSingleObject(first, ms))) give(first);
    break;
  case 1:
    if (!had(WaitForMultipleObjects(2, all, TRUE, ms))) break;
    give(first);
    give(second);
    break;
  case 2:
    result = WaitForMultipleObjects(3, all, FALSE, ms) & ~(DWORD)WAIT_ABANDONED_0;
    if (result < 2) give(all[result]);
    if (result == 2) ReleaseSemaphore(places, 1, NULL);
    break;
  case 3:
    SignalObjectAndWait(ball, ball, 1, FALSE);
    break;
  default:
    SetEvent(own);
    if (had(WaitForMultipleObjects(2, mixed, TRUE, ms))) give(first);
    ResetEvent(own);
  }
}

static DWORD WINAPI play(LPVOID seed) {
  unsigned chance = (unsigned)(ULONG_PTR)seed;
  HANDLE own = CreateEventA(NULL, FALSE, FALSE, NULL);
  while (WaitForSingleObject(stop, 0) == WAIT_TIMEOUT) {
    chance = chance * 1103515245 + 12345;
    turn(chance >> 16, own);
    ReleaseSemaphore(turns, 1, NULL);
  }
  return 0;
}

static int child(int seed) {
  HANDLE threads[THREADS];
  open_all();
  for (int i = 0; i < THREADS; i++)
    threads[i] = CreateThread(NULL, 0, play, (LPVOID)(ULONG_PTR)(seed * THREADS + i), 0, NULL);
  WaitForMultipleObjects(THREADS, threads, TRUE, INFINITE);
  return 0;
}

/// How many descriptors there are once the last of those that watched another process is gone.
static int descriptors(void) {
  int count = 0, watching = 1;
  while (watching > 0) {
    DIR *folder = opendir("/proc/self/fd");
    count = watching = 0;
    for (const struct dirent *entry; folder && (entry = readdir(folder)); count++) {
      char path[300], target[64] = "";
      snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
      if (readlink(path, target, sizeof target - 1) > 0 && strstr(target, "pidfd")) watching++;
    }
    closedir(folder);
    SwitchToThread();
  }
  return count;
}

/// How many there are when a child has come and gone, and what it talked through is closed, too.
static int descriptors_at_rest(void) {
  int least = 0;
  for (int round = 0; round < 4; round++) {
    HANDLE once = start(0);
    WaitForSingleObject(once, INFINITE);
    CloseHandle(once);
    int now = descriptors();
    if (round == 0 || now < least) least = now;
  }
  return least;
}

/// How many more than `before` are not closed soon.
static int more_than(int before) {
  int more = 0;
  for (int look = 0; look < LOOKS && (look == 0 || more > 0); look++) more = descriptors() - before;
  return more > 0 ? more : 0;
}

static void replace(HANDLE *process, int seed) {
  TerminateProcess(*process, 1);
  WaitForSingleObject(*process, INFINITE);
  CloseHandle(*process);
  *process = start(seed);
}

int main(int count, char **arguments) {
  if (count > 1) return child(atoi(arguments[1]));
  HANDLE children[CHILDREN];
  int seed = 0;
  GetModuleFileNameA(NULL, self, sizeof self);
  open_all();
  SetEvent(stop);
  int before = descriptors_at_rest();
  ResetEvent(stop);
  for (int i = 0; i < CHILDREN; i++) children[i] = start(++seed);
  for (int kill = 0; kill < KILLS; kill++) {
    for (int i = 0; i < 40; i++) WaitForSingleObject(turns, INFINITE);
    replace(&children[kill % CHILDREN], ++seed);
  }
  SetEvent(stop);
  printf("all ended: %lu\n", WaitForMultipleObjects(CHILDREN, children, TRUE, INFINITE));
  for (int i = 0; i < CHILDREN; i++) CloseHandle(children[i]);
  printf("first: %d\n", had(WaitForSingleObject(first, INFINITE)));
  printf("second: %d\n", had(WaitForSingleObject(second, INFINITE)));
  printf("releases that failed: %d\n", WaitForSingleObject(wrong, 0) == WAIT_OBJECT_0);
  printf("more descriptors: %d\n", more_than(before));
  return 0;
}
