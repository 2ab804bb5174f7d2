// Pool threads: a queue of work, idle threads last in, first out, and up to 500 threads, Windows' own default, or as
// many as the program allows.
// Callbacks may block for long and wait for each other, so whenever work is queued and nobody is idle a thread is added
// - one at a time, because most work is done before a new thread has come up.
#include "workers.h"
#include "accounting.h"

#include <stdio.h>

#include "object.h"
#include "threadpoollegacyapiset.h"

enum { LIMIT_DEFAULT = 500, LIMIT_MAX = 1024 };

typedef struct work {
  STAILQ_ENTRY(work) link;
  void (*run)(void *_Nullable context, uint64_t argument);
  void *_Nullable context;
  uint64_t argument;
} work;

/// A thread without work; on its stack.
typedef struct idle_worker {
  lw_sleeper sleeper;
  SLIST_ENTRY(idle_worker) link;
} idle_worker;

static lw_pool pool = LW_POOL(work);
static lw_lock lock;
static STAILQ_HEAD(, work) queue LW_GUARDED_BY(lock) = STAILQ_HEAD_INITIALIZER(queue);
static SLIST_HEAD(, idle_worker) idle LW_GUARDED_BY(lock);
static uint32_t worker_count LW_GUARDED_BY(lock);
static uint32_t busy_count LW_GUARDED_BY(lock); ///< that have work
static uint32_t limit LW_GUARDED_BY(lock) = LIMIT_DEFAULT;
static bool starting LW_GUARDED_BY(lock); ///< a thread is coming up

/// Under the lock: counts a thread that has to be added; the caller then starts it without the lock.
static bool claim_start(void) LW_REQUIRES(lock) {
  if (starting || worker_count >= limit) return false;
  starting = true;
  worker_count++;
  return true;
}

static void work_for_ever(void *context);

/// False when the system has no thread left; then the others do the work, if there are any.
static bool start(void) {
  static _Atomic uint32_t named;
  char name[LW_THREAD_NAME_BYTES];
  // relaxed: a number for a name.
  snprintf(name, sizeof name, "pool-%u", 1 + atomic_fetch_add_explicit(&named, 1, memory_order_relaxed));
  lw_thread *thread = lw_thread_create(name, work_for_ever, NULL);
  if (thread) {
    lw_thread_detach(thread);
    return true;
  }
  lw_lock_acquire(&lock);
  starting = false;
  uint32_t others = --worker_count;
  lw_lock_release(&lock);
  return others > 0;
}

/// Whether a thread that is idle may take work.
static bool has_work(void) LW_REQUIRES(lock) { return !STAILQ_EMPTY(&queue) && busy_count < limit; }

/// The next piece of work, for a thread that had some before or not; sleeps until there is one.
static work next_work(bool was_busy) {
  for (;; was_busy = false) {
    idle_worker self = {.sleeper = lw_sleeper_()};
    lw_lock_acquire(&lock);
    busy_count -= was_busy;
    work *item = has_work() ? STAILQ_FIRST(&queue) : NULL;
    if (!item) {
      SLIST_INSERT_HEAD(&idle, &self, link);
      lw_lock_release(&lock);
      lw_sleep_(&self.sleeper, &queue, LW_NEVER);
      continue;
    }
    STAILQ_REMOVE_HEAD(&queue, link);
    busy_count++;
    bool add = has_work() && SLIST_EMPTY(&idle) && claim_start();
    lw_lock_release(&lock);
    if (add) start();
    work taken = *item;
    lw_pool_give(&pool, item);
    return taken;
  }
}

static void work_for_ever(void *context) {
  (void)context;
  lw_lock_acquire(&lock);
  starting = false;
  lw_lock_release(&lock);
  for (bool was_busy = false;; was_busy = true) {
    work item = next_work(was_busy);
    item.run(item.context, item.argument);
  }
}

static bool wake_idle(lw_wakes *wakes) LW_REQUIRES(lock) {
  idle_worker *sleeping = SLIST_FIRST(&idle);
  if (!sleeping) return false;
  SLIST_REMOVE_HEAD(&idle, link);
  lw_wakes_add_(wakes, &sleeping->sleeper);
  return true;
}

void lw_workers_limit_(uint32_t wanted) {
  if (wanted == 0) return;
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&lock);
  limit = wanted < LIMIT_MAX ? wanted : LIMIT_MAX;
  // A higher limit may let work go that waits: everybody idle looks.
  bool any = false;
  while (has_work() && wake_idle(&wakes)) any = true;
  bool add = !any && has_work() && claim_start();
  lw_lock_release(&lock);
  lw_wakes_release_(&wakes);
  if (add) start();
}

bool lw_workers_prepare_(void) {
  lw_lock_acquire(&lock);
  bool add = worker_count == 0 && claim_start();
  lw_lock_release(&lock);
  return !add || start();
}

bool lw_workers_submit_(void (*run)(void *context, uint64_t argument), void *context, uint64_t argument) {
  work *item = lw_workers_prepare_() ? lw_pool_take(&pool) : NULL;
  if (!item) return false;
  *item = (work){.run = run, .context = context, .argument = argument};
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&lock);
  STAILQ_INSERT_TAIL(&queue, item, link);
  bool add = has_work() && !wake_idle(&wakes) && claim_start();
  lw_lock_release(&lock);
  lw_wakes_release_(&wakes);
  if (add) start();
  return true;
}

uint64_t lw_worker_count_(void) {
  lw_lock_acquire(&lock);
  uint64_t count = worker_count;
  lw_lock_release(&lock);
  return count;
}

/// A work item of the program: the function travels as the argument.
static void run_user_work(void *context, uint64_t function) { ((LPTHREAD_START_ROUTINE)(uintptr_t)function)(context); }

BOOL QueueUserWorkItem(LPTHREAD_START_ROUTINE function, PVOID context, ULONG flags) {
  // Threads are added as needed and never end, which is all that the other flags ask for.
  if (!function) return lw_failed_(ERROR_INVALID_PARAMETER);
  lw_workers_limit_(flags >> LW_LIMIT_SHIFT);
  bool queued = lw_workers_submit_(run_user_work, context, (uint64_t)(uintptr_t)function);
  return queued ? TRUE : lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
}
