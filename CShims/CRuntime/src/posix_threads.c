// pthread_create, pthread_join and pthread_detach of programs that `tools/cc` builds: under control a
// thread that the program makes is a member like any other, and a free run passes the calls on.
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "lw_program_thread.h"
#include "posix_waiting.h"

/// A thread that can still be joined or detached.
typedef struct joinable {
  lw_thread *thread;
  struct joinable *_Nullable next;
} joinable;

static lw_pool pool = LW_POOL(joinable);
static lw_lock lock;
static joinable *_Nullable threads LW_GUARDED_BY(&lock);

static void keep(joinable *record) {
  lw_lock_acquire(&lock);
  record->next = threads;
  threads = record;
  lw_lock_release_quietly(&lock);
}

/// Takes the record of a thread out; NULL when the session did not make it, or it was taken out before.
static lw_thread *_Nullable take(pthread_t handle) {
  joinable *found = NULL;
  lw_lock_acquire(&lock);
  for (joinable **at = &threads; *at && !found; at = &(*at)->next)
    if (pthread_equal(lw_program_thread_handle_((*at)->thread), handle)) {
      found = *at;
      *at = found->next;
      break;
    }
  lw_lock_release_quietly(&lock);
  if (!found) return NULL;
  lw_thread *thread = found->thread;
  lw_pool_give(&pool, found);
  return thread;
}

static bool is_detached(const pthread_attr_t *_Nullable attributes) {
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes) pthread_attr_getdetachstate(attributes, &state);
  return state == PTHREAD_CREATE_DETACHED;
}

int lw_posix_pthread_create(pthread_t *handle, const pthread_attr_t *attributes, void *(*start)(void *),
                            void *context) {
  if (!lw_control_is_member()) return pthread_create(handle, attributes, start, context);
  static _Atomic uint32_t named;
  char name[LW_THREAD_NAME_BYTES];
  // relaxed: a number for a name.
  snprintf(name, sizeof name, "pthread-%u", 1 + atomic_fetch_add_explicit(&named, 1, memory_order_relaxed));
  joinable *record = lw_pool_take(&pool);
  int saved = errno;
  lw_thread *thread = record ? lw_program_thread_start_(name, attributes, start, context) : NULL;
  int failed = record ? errno : EAGAIN;
  errno = saved;
  if (!thread) {
    if (record) lw_pool_give(&pool, record);
    return failed;
  }
  *handle = lw_program_thread_handle_(thread);
  if (is_detached(attributes)) {
    lw_pool_give(&pool, record);
    lw_program_thread_forget_(thread);
  } else {
    record->thread = thread;
    keep(record);
  }
  lw_point(LW_POINT_BEGIN, NULL, LW_ACCESS_READ); // the new thread may be faster than what its maker does next
  return 0;
}

int lw_posix_pthread_join(pthread_t handle, void **result) {
  if (!lw_control_is_member() || pthread_equal(handle, pthread_self())) return pthread_join(handle, result);
  lw_thread *thread = take(handle);
  return thread ? lw_program_thread_join_(thread, result) : pthread_join(handle, result);
}

int lw_posix_pthread_detach(pthread_t handle) {
  lw_thread *thread = lw_control_is_on() ? take(handle) : NULL;
  int failed = pthread_detach(handle);
  if (thread) lw_program_thread_forget_(thread);
  return failed;
}
