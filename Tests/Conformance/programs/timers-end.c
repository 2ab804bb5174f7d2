// How timers and their queues end: waited for, with an event, while their callback runs, inside of it.
// wine-differs: Wine 8.0 answers ERROR_IO_PENDING for a timer without an event although no callback is outstanding
// (DeleteTimerQueueTimer, CompletionEvent).
#include <stdio.h>
#include <windows.h>

static HANDLE told, go, own_timer;
static volatile LONG ended;

static void say(const char *what, BOOL done) { printf("%s: %d error %lu\n", what, done, done ? 0 : GetLastError()); }

static VOID CALLBACK stay(PVOID context, BOOLEAN timed_out) {
  (void)context, (void)timed_out;
  SetEvent(told);
  WaitForSingleObject(go, INFINITE);
  InterlockedIncrement(&ended);
}

static VOID CALLBACK end_own(PVOID queue, BOOLEAN timed_out) {
  (void)timed_out;
  say("its own, inside", DeleteTimerQueueTimer(queue, own_timer, NULL));
  SetEvent(told);
}

static HANDLE staying(HANDLE queue) {
  HANDLE timer;
  say("staying", CreateTimerQueueTimer(&timer, queue, stay, NULL, 1, 0, 0));
  printf("told: %lu\n", WaitForSingleObject(told, 20000));
  return timer;
}

static HANDLE distant(HANDLE queue) {
  HANDLE timer;
  say("far", CreateTimerQueueTimer(&timer, queue, stay, NULL, 100000000, 0, 0));
  return timer;
}

static void end_timers(HANDLE queue) {
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
  say("far, waited for", DeleteTimerQueueTimer(queue, distant(queue), INVALID_HANDLE_VALUE));
  say("far, with an event", DeleteTimerQueueTimer(queue, distant(queue), event));
  printf("event: %lu\n", WaitForSingleObject(event, 20000));
  say("far, without", DeleteTimerQueueTimer(queue, distant(queue), NULL));
  say("running, with an event", DeleteTimerQueueTimer(queue, staying(queue), event));
  printf("event: %lu, callbacks ended: %ld\n", WaitForSingleObject(event, 0), ended);
  SetEvent(go);
  printf("event: %lu, callbacks ended: %ld\n", WaitForSingleObject(event, 20000), ended);
  HANDLE running = staying(queue);
  SetEvent(go);
  say("running, waited for", DeleteTimerQueueTimer(queue, running, INVALID_HANDLE_VALUE));
  printf("callbacks ended: %ld\n", ended);
  say("with itself", CreateTimerQueueTimer(&own_timer, queue, end_own, queue, 50, 0, 0));
  printf("told: %lu\n", WaitForSingleObject(told, 20000));
  CloseHandle(event);
}

static void end_queues(void) {
  HANDLE queue = CreateTimerQueue();
  say("empty, waited for", DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE));
  queue = CreateTimerQueue();
  distant(queue), distant(queue), staying(queue);
  SetEvent(go);
  say("full, waited for", DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE));
  printf("callbacks ended: %ld\n", ended);
}

int main(void) {
  told = CreateEventA(NULL, FALSE, FALSE, NULL);
  go = CreateEventA(NULL, FALSE, FALSE, NULL);
  HANDLE queue = CreateTimerQueue();
  end_timers(queue);
  say("queue, waited for", DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE));
  end_queues();
  say("no timer", DeleteTimerQueueTimer(NULL, NULL, NULL));
  say("no queue", DeleteTimerQueueEx(NULL, NULL));
  return 0;
}
