// Calls about timers and their queues.
#include "fuzz.h"

enum { TIMERS_MAX = 16, QUEUES_MAX = 4 };

static HANDLE timers[TIMERS_MAX], queues[QUEUES_MAX];

static void CALLBACK fired(void *context, BOOLEAN timed_out) {
  (void)timed_out;
  SetEvent(context);
}

/// Now and then what is none, or was one, or stands for the process's own.
static HANDLE some_queue(void) {
  return fuzz_chance(16) ? fuzz_handle(FUZZ_EVENT) : fuzz_chance(4) ? NULL : queues[fuzz_below(QUEUES_MAX)];
}
static DWORD some_time(void) { return fuzz_chance(4) ? fuzz_number() : fuzz_below(3); }

static void create_queue(void) {
  HANDLE before = InterlockedExchangePointer(&queues[fuzz_below(QUEUES_MAX)], CreateTimerQueue());
  if (before) DeleteTimerQueueEx(before, INVALID_HANDLE_VALUE);
}

static void create_timer(void) {
  HANDLE timer = NULL, queue = some_queue();
  ULONG flags = fuzz_chance(4) ? fuzz_number() : fuzz_chance(2) ? WT_EXECUTEINTIMERTHREAD : 0;
  DWORD due = some_time(), period = some_time();
  void *context = fuzz_handle(FUZZ_EVENT);
  if (!CreateTimerQueueTimer(fuzz_chance(16) ? NULL : &timer, queue, fuzz_chance(16) ? NULL : fired, context, due,
                             period, flags))
    return;
  HANDLE before = InterlockedExchangePointer(&timers[fuzz_below(TIMERS_MAX)], timer);
  if (before) DeleteTimerQueueTimer(queue, before, INVALID_HANDLE_VALUE);
}

static void change_timer(void) {
  HANDLE queue = some_queue(), timer = timers[fuzz_below(TIMERS_MAX)];
  DWORD due = some_time(), period = some_time();
  ChangeTimerQueueTimer(queue, timer, due, period);
}

/// How an ending is told of. An event that is none leaves things as they were.
static HANDLE some_completion(void) {
  return fuzz_chance(2) ? INVALID_HANDLE_VALUE : fuzz_chance(2) ? NULL : fuzz_handle(FUZZ_EVENT);
}

static void delete_timer(void) {
  DWORD which = fuzz_below(TIMERS_MAX);
  HANDLE queue = some_queue(), completion = some_completion();
  HANDLE timer = fuzz_chance(8) ? timers[which] : InterlockedExchangePointer(&timers[which], NULL);
  DeleteTimerQueueTimer(queue, timer, completion);
}

static void delete_queue(void) {
  DWORD which = fuzz_below(QUEUES_MAX);
  HANDLE completion = some_completion();
  HANDLE queue = fuzz_chance(8) ? queues[which] : InterlockedExchangePointer(&queues[which], NULL);
  if (fuzz_chance(8))
    DeleteTimerQueue(queue);
  else
    DeleteTimerQueueEx(queue, completion);
}

void fuzz_timers_clear(void);
void fuzz_timers_clear(void) {
  for (int i = 0; i < TIMERS_MAX; i++) {
    HANDLE timer = InterlockedExchangePointer(&timers[i], NULL);
    // Of whichever queue it is; those of deleted ones are gone.
    for (int queue = 0; timer && queue < QUEUES_MAX; queue++)
      if (DeleteTimerQueueTimer(queues[queue], timer, INVALID_HANDLE_VALUE)) break;
    if (timer) DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE);
  }
  for (int i = 0; i < QUEUES_MAX; i++) {
    HANDLE queue = InterlockedExchangePointer(&queues[i], NULL);
    if (queue) DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE);
  }
}

const fuzz_call fuzz_timer_calls[] = {
    {"CreateTimerQueue", create_queue},      {"CreateTimerQueueTimer", create_timer},
    {"ChangeTimerQueueTimer", change_timer}, {"DeleteTimerQueueTimer", delete_timer},
    {"DeleteTimerQueueEx", delete_queue},    {NULL, NULL},
};
