// Timers of queues: once, again and again, at other times than at first, on the thread that minds the time.
#include <stdio.h>
#include <windows.h>

static HANDLE fired;
static volatile LONG calls;

static void say(const char *what, BOOL done) { printf("%s: %d error %lu\n", what, done, done ? 0 : GetLastError()); }

static VOID CALLBACK tell(PVOID context, BOOLEAN timed_out) {
  InterlockedIncrement(&calls);
  printf("called with %d, timed out %d\n", (int)(INT_PTR)context, timed_out);
  SetEvent(fired);
}

static VOID CALLBACK tell_of_third(PVOID context, BOOLEAN timed_out) {
  (void)context, (void)timed_out;
  if (InterlockedIncrement(&calls) == 3) SetEvent(fired);
}

static void wait_for_it(void) { printf("wait: %lu\n", WaitForSingleObject(fired, 20000)); }

static void fire_once(HANDLE queue, ULONG flags) {
  HANDLE timer = NULL;
  say("once", CreateTimerQueueTimer(&timer, queue, tell, (PVOID)7, 1, 0, flags));
  wait_for_it();
  say("ended", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));
}

static void fire_often(HANDLE queue, ULONG flags) {
  HANDLE timer;
  calls = 0;
  say("often", CreateTimerQueueTimer(&timer, queue, tell_of_third, NULL, 0, 1, flags));
  wait_for_it();
  say("ended", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));
  LONG before = calls;
  Sleep(20);
  printf("no more: %d\n", calls == before);
}

static void fire_sooner(HANDLE queue) {
  HANDLE timer;
  say("far", CreateTimerQueueTimer(&timer, queue, tell, (PVOID)8, 100000000, 0, 0));
  say("sooner", ChangeTimerQueueTimer(queue, timer, 1, 0));
  wait_for_it();
  calls = 0;
  say("once more", ChangeTimerQueueTimer(queue, timer, 1, 1));
  Sleep(20);
  printf("a timer that has fired stays as it is: %d\n", calls == 0);
  say("ended", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));
}

int main(void) {
  fired = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE queue = CreateTimerQueue(), timer;
  printf("queue: %d\n", queue != NULL);
  fire_once(queue, WT_EXECUTEDEFAULT);
  fire_once(queue, WT_EXECUTEINTIMERTHREAD);
  fire_once(NULL, WT_EXECUTEDEFAULT);
  fire_often(queue, WT_EXECUTEDEFAULT);
  fire_often(queue, WT_EXECUTEINTIMERTHREAD);
  fire_sooner(queue);
  say("never", CreateTimerQueueTimer(&timer, queue, tell, (PVOID)9, INFINITE, 0, 0));
  say("ended", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));
  say("queue ended", DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE));
  return 0;
}
