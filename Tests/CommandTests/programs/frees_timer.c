// The context of a timer is freed when the timer has been deleted, although a callback may still run; with an argument
// that is waited for.
#include <stdlib.h>
#include <windows.h>

static VOID CALLBACK count(PVOID context, BOOLEAN timed_out) {
  (void)timed_out;
  InterlockedIncrement(context);
}

int main(int count_of_arguments, char **arguments) {
  (void)arguments;
  HANDLE queue = CreateTimerQueue(), timer;
  LONG *calls = calloc(1, sizeof *calls);
  if (!calls || !CreateTimerQueueTimer(&timer, queue, count, calls, 5, 0, 0)) return 3;
  Sleep(5);
  DeleteTimerQueueTimer(queue, timer, count_of_arguments > 1 ? INVALID_HANDLE_VALUE : NULL);
  free(calls);
  DeleteTimerQueueEx(queue, INVALID_HANDLE_VALUE);
  return 0;
}
