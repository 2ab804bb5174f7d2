// The I/O thread, "lw-io", started at first use. It ends operations whose end nobody else makes: those that were
// cancelled. So a cancellation returns before the status is stored, as it may on Windows, where the driver has the last
// word.
#include "operation.h"

static lw_lock lock;
static lw_operations ended LW_GUARDED_BY(lock) = TAILQ_HEAD_INITIALIZER(ended);
static lw_sleeper *sleeping LW_GUARDED_BY(lock);
static bool running LW_GUARDED_BY(lock);

static lw_operation *next_ended(void) {
  for (;;) {
    lw_sleeper self = lw_sleeper_();
    lw_lock_acquire(&lock);
    lw_operation *operation = TAILQ_FIRST(&ended);
    if (operation) TAILQ_REMOVE(&ended, operation, link);
    sleeping = operation ? NULL : &self;
    lw_lock_release(&lock);
    if (operation) return operation;
    lw_sleep_(&self, &ended, LW_NEVER);
  }
}

static void end_for_ever(void *context) {
  (void)context;
  for (;;) {
    lw_operation *operation = next_ended();
    lw_operation_complete_(operation, operation->status, operation->transferred);
  }
}

void lw_operation_complete_later_(lw_operation *operation, DWORD status, DWORD transferred) {
  lw_wakes wakes = {NULL};
  operation->status = status;
  operation->transferred = transferred;
  lw_lock_acquire(&lock);
  bool start = !running;
  running = true;
  TAILQ_INSERT_TAIL(&ended, operation, link);
  if (sleeping) lw_wakes_add_(&wakes, sleeping);
  sleeping = NULL;
  lw_lock_release(&lock);
  lw_wakes_release_(&wakes);
  if (!start) return;
  lw_thread *thread = lw_thread_create("lw-io", end_for_ever, NULL);
  if (!thread)
    lw_fatal("the system has no thread left to complete cancelled operations on: raise its limit of threads");
  lw_thread_detach(thread);
}
