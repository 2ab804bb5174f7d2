// pthread_once and call_once of programs that `tools/cc` builds: under control a thread that comes while the routine
// runs waits where the controller sees it.
#include <errno.h>
#include <pthread.h>
#include <threads.h>

#include "posix_waiting.h"

/// An initialisation that is running: its routine may pass points, and others must not enter the C library's wait.
typedef struct running_once {
  const void *control;
  struct running_once *_Nullable next;
} running_once;

static lw_lock lock;
static running_once *_Nullable running LW_GUARDED_BY(&lock);

/// 0, or EBUSY while `control` runs.
static int attempt_once(void *control) {
  lw_lock_acquire(&lock);
  running_once *at = running;
  while (at && at->control != control) at = at->next;
  lw_lock_release_quietly(&lock);
  return at ? EBUSY : 0;
}

static void begin(running_once *own, void *control) {
  static const lw_posix_kind kind = {.name = "end of the initialisation", .attempt = attempt_once, .busy = EBUSY};
  lw_posix_acquire_(&kind, control, LW_NEVER);
  own->control = control;
  lw_lock_acquire(&lock);
  own->next = running;
  running = own;
  lw_lock_release_quietly(&lock);
}

static void end(running_once *own) {
  const void *control = own->control;
  lw_lock_acquire(&lock);
  running_once **at = &running;
  while (*at != own) at = &(*at)->next;
  *at = own->next;
  lw_lock_release_quietly(&lock);
  lw_posix_wake_(control, UINT32_MAX);
}

int lw_posix_pthread_once(pthread_once_t *control, void (*routine)(void)) {
  if (!lw_control_is_member()) return pthread_once(control, routine);
  running_once own;
  begin(&own, control);
  int failed = pthread_once(control, routine);
  end(&own);
  return failed;
}

void lw_posix_call_once(once_flag *control, void (*routine)(void)) {
  if (!lw_control_is_member()) {
    call_once(control, routine);
    return;
  }
  running_once own;
  begin(&own, control);
  call_once(control, routine);
  end(&own);
}
