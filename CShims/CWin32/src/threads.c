// Threads as objects: those that CreateThread makes ("thread-N"), which hold a reference of their own and signal it
// when they end, and those that something else started, which get an object when they need one.
#include "thread.h"

#include <unistd.h>

#include "file.h"
#include "joint.h"
#include "lw_control.h"
#include "process_end.h"
#include "processthreadsapi.h"
#include "sysinfoapi.h"

static lw_pool pool = LW_POOL(lw_thread_object);
/// Threads of this process whose objects are there; those that have ended stand behind the others.
static TAILQ_HEAD(, lw_thread_object) threads LW_GUARDED_BY(lw_dispatcher_) = TAILQ_HEAD_INITIALIZER(threads);

static void destroy(lw_object *object) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_thread_object *self = (lw_thread_object *)object;
  if (self->is_own) lw_thread_withdraw_(self);
  if (self->gate) close(self->gate);
  lw_pool_give(&pool, self);
}

LW_LOOKS_AT_THE_STILL static lw_thread_number itself(const void *thread) {
  return lw_control_thread_of(atomic_load(&((const lw_thread_object *)thread)->stop.system_id));
}

const lw_object_type lw_thread_type_ = {.name = "thread", .destroy = destroy, .relation = "which is", .thread = itself};

lw_thread_object *lw_thread_prepare_(DWORD id) {
  lw_thread_object *made = lw_pool_take(&pool);
  if (!made) return NULL;
  lw_object_prepare_(&made->object, &lw_thread_type_);
  made->id = id;
  lw_dispatcher_enter_();
  made->exit_code = STILL_ACTIVE;
  GetSystemTimeAsFileTime(&made->times.began);
  STAILQ_INIT(&made->apcs);
  TAILQ_INIT(&made->owned);
  lw_lock_release_quietly(&lw_dispatcher_);
  return made;
}

void lw_thread_ended_(lw_thread_object *thread, DWORD code, lw_wakes *wakes) {
  thread->exit_code = code;
  thread->ended = true;
  lw_object_signal_(&thread->object, wakes);
}

void lw_thread_announce_(lw_thread_object *thread) {
  lw_dispatcher_enter_();
  thread->is_own = true;
  TAILQ_INSERT_HEAD(&threads, thread, on_threads);
  lw_lock_release_quietly(&lw_dispatcher_);
}

void lw_thread_withdraw_(lw_thread_object *thread) {
  lw_dispatcher_enter_();
  TAILQ_REMOVE(&threads, thread, on_threads);
  thread->is_own = false;
  lw_lock_release_quietly(&lw_dispatcher_);
}

lw_thread_object *lw_thread_find_(DWORD id) {
  lw_dispatcher_enter_();
  lw_thread_object *thread;
  TAILQ_FOREACH(thread, &threads, on_threads) {
    // relaxed: of a thread that has ended, what an open handle keeps is what can be found.
    bool is_there = !thread->ended || atomic_load_explicit(&thread->object.handles, memory_order_relaxed) > 0;
    if (thread->id == id && id != 0 && is_there) break;
  }
  if (thread && !lw_object_retain_(&thread->object)) thread = NULL;
  lw_lock_release(&lw_dispatcher_);
  return thread;
}

// ---------------------------------------------------------------------------------------------------------- their ends

/// The first thread has ended by itself: then the program ends with its last thread, with that one's code.
static _Atomic bool first_has_left;

/// No calls are taken any more, and a thread that gets the same number is found in its place. Whether anybody can know
/// of its end: who has a reference to it or waits for what it owns. `owns_joint`: also other processes may wait for
/// that.
static bool begin_end(lw_thread_object *self, lw_apcs *apcs, bool *owns_joint) {
  struct rusage used = lw_run_times_used_(0, atomic_load(&self->stop.system_id));
  lw_dispatcher_enter_();
  self->ended = true;
  self->times.used = used;
  GetSystemTimeAsFileTime(&self->times.ended);
  TAILQ_REMOVE(&threads, self, on_threads);
  TAILQ_INSERT_TAIL(&threads, self, on_threads);
  STAILQ_CONCAT(apcs, &self->apcs);
  // relaxed: who could make one more has one.
  bool known = atomic_load_explicit(&self->object.references, memory_order_relaxed) > 1 || !TAILQ_EMPTY(&self->owned);
  *owns_joint = lw_joint_is_on_ && !TAILQ_EMPTY(&self->owned);
  lw_lock_release_quietly(&lw_dispatcher_);
  return known;
}

static void tell_end(lw_thread_object *self, DWORD code) {
  lw_wakes wakes = {NULL};
  lw_point(LW_POINT_SIGNAL, self, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  lw_mutexes_abandon_(self, &wakes);
  lw_thread_ended_(self, code, &wakes);
  lw_dispatcher_leave_(&wakes);
}

/// Whether all threads that are known have ended.
static bool have_all_ended(void) {
  lw_dispatcher_enter_();
  const lw_thread_object *first = TAILQ_FIRST(&threads);
  bool all = !first || first->ended;
  lw_lock_release_quietly(&lw_dispatcher_);
  return all;
}

void lw_thread_settle_(lw_thread_object *self, DWORD code) {
  lw_apcs apcs = STAILQ_HEAD_INITIALIZER(apcs);
  bool terminated = atomic_load(&self->stop.wanted) & LW_STOP_LEAVE;
  if (!terminated) lw_fiber_storage_thread_ends_();
  lw_files_thread_ends_();
  bool owns_joint = false, known = begin_end(self, &apcs, &owns_joint);
  lw_apcs_drop_(&apcs);
  if (owns_joint) lw_mutexes_abandon_joint_(self);
  lw_port_thread_ends_();
  if (known) tell_end(self, code);
}

void lw_thread_give_up_(lw_thread_object *thread, DWORD code) {
  lw_apcs apcs = STAILQ_HEAD_INITIALIZER(apcs);
  bool owns_joint = false;
  begin_end(thread, &apcs, &owns_joint);
  lw_apcs_drop_(&apcs);
  if (owns_joint) lw_mutexes_abandon_joint_(thread);
  tell_end(thread, code);
}

void lw_thread_first_leaves_(void) { atomic_store(&first_has_left, true); }

void lw_thread_program_may_end_(DWORD code) {
  if (atomic_load(&first_has_left) && have_all_ended()) lw_process_end_(code);
}
