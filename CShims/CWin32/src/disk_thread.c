// The disk thread, "lw-disk", started at first use: it reads and writes for overlapped disk files, so that the bytes
// arrive after the call that asked for them has returned. In the order of the calls.
#include "disk_file.h"
#include "operation.h"

static lw_lock lock;
static lw_operations asked LW_GUARDED_BY(lock) = TAILQ_HEAD_INITIALIZER(asked);
static lw_sleeper *sleeping LW_GUARDED_BY(lock);
static bool running LW_GUARDED_BY(lock);

static lw_operation *next_asked(void) {
  for (;;) {
    lw_sleeper self = lw_sleeper_();
    lw_lock_acquire(&lock);
    lw_operation *operation = TAILQ_FIRST(&asked);
    if (operation) TAILQ_REMOVE(&asked, operation, link);
    if (operation) operation->queued = false;
    sleeping = operation ? NULL : &self;
    lw_lock_release(&lock);
    if (operation) return operation;
    lw_sleep_(&self, &asked, LW_NEVER);
  }
}

static void serve(void *context) {
  (void)context;
  for (;;) {
    lw_operation *operation = next_asked();
    DWORD status = lw_disk_transfer_(operation);
    lw_operation_complete_(operation, status, operation->transferred);
  }
}

void lw_disk_queue_(lw_operation *operation) {
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&lock);
  bool start = !running;
  running = true;
  operation->queued = true;
  TAILQ_INSERT_TAIL(&asked, operation, link);
  if (sleeping) lw_wakes_add_(&wakes, sleeping);
  sleeping = NULL;
  lw_lock_release(&lock);
  lw_wakes_release_(&wakes);
  if (!start) return;
  lw_thread *thread = lw_thread_create("lw-disk", serve, NULL);
  if (!thread) lw_fatal("the system has no thread left to read and write files on: raise its limit of threads");
  lw_thread_detach(thread);
}

bool lw_disk_withdraw_(lw_operation *operation) {
  lw_lock_acquire(&lock);
  bool taken = operation->queued;
  if (taken) TAILQ_REMOVE(&asked, operation, link);
  operation->queued = false;
  lw_lock_release(&lock);
  return taken;
}
