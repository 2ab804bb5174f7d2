// Threads as objects: CreateThread's ("thread-N"), which hold a reference of their own and signal it when they end, and
// those that something else started, which get an object when they need one.
#include "thread.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "handleapi.h"
#include "joint.h"
#include "process_end.h"
#include "processthreadsapi.h"
#include "sysinfoapi.h"

static lw_pool pool = LW_POOL(lw_thread_object);
/// Threads of this process whose objects are there; those that have ended stand behind the others.
static TAILQ_HEAD(, lw_thread_object) threads LW_GUARDED_BY(lw_dispatcher_) = TAILQ_HEAD_INITIALIZER(threads);
static void withdraw(lw_thread_object *thread);

static void destroy(lw_object *object) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_thread_object *self = (lw_thread_object *)object;
  if (self->is_own) withdraw(self);
  if (self->gate) close(self->gate);
  lw_pool_give(&pool, self);
}

const lw_object_type lw_thread_type_ = {.name = "thread", .destroy = destroy};

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

/// A prepared object is one of a thread of this process: from here on it can be found.
static void announce(lw_thread_object *thread) {
  lw_dispatcher_enter_();
  thread->is_own = true;
  TAILQ_INSERT_HEAD(&threads, thread, on_threads);
  lw_lock_release_quietly(&lw_dispatcher_);
}

static void withdraw(lw_thread_object *thread) {
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

// ---------------------------------------------------------------------------------------------- the calling thread

static _Thread_local lw_thread_object *_Nullable current;
static _Thread_local DWORD way_out_code; ///< that it gave ExitThread
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

/// The calling thread will not run the program any more: what it still owes to others, then its signal.
static void end(lw_thread_object *self, DWORD code) {
  lw_apcs apcs = STAILQ_HEAD_INITIALIZER(apcs);
  bool terminated = atomic_load(&self->stop.wanted) & LW_STOP_LEAVE;
  if (!terminated) lw_fiber_storage_thread_ends_();
  lw_files_thread_ends_();
  bool owns_joint = false, known = begin_end(self, &apcs, &owns_joint);
  lw_apcs_drop_(&apcs);
  if (owns_joint) lw_mutexes_abandon_joint_(self);
  lw_port_thread_ends_();
  if (known) tell_end(self, code);
  current = NULL;
  lw_object_release_(&self->object);
  if (atomic_load(&first_has_left) && have_all_ended()) lw_process_end_(code);
}

/// Of a thread that CreateThread did not start, or that left it by pthread_exit.
static void end_adopted(void) {
  if (current) {
    end(current, way_out_code);
    return;
  }
  lw_files_thread_ends_();
  lw_port_thread_ends_();
}

void lw_thread_mind_end_(void) { lw_thread_at_end(end_adopted); }

/// From here on the calling thread is `self`, which keeps the caller's reference until the thread ends.
static void begin(lw_thread_object *self) {
  lw_thread_mind_end_();
  self->id = lw_thread_self();
  atomic_store(&self->stop.system_id, (int32_t)gettid());
  lw_thread_hear_stops_();
  current = self;
}

lw_thread_object *lw_thread_known_(void) { return current; }

lw_thread_object *lw_thread_current_(void) {
  if (current) return current;
  lw_thread_object *made = lw_thread_prepare_(0);
  if (!made) return NULL;
  lw_dispatcher_enter_();
  made->begun = true;
  lw_lock_release_quietly(&lw_dispatcher_);
  begin(made);
  announce(made);
  return made;
}

// ---------------------------------------------------------------------------------------------------------- running

/// Where ExitThread goes, in a thread of CreateThread.
static _Thread_local jmp_buf *way_out;

static DWORD call_start(const lw_thread_object *self) {
  jmp_buf here;
  if (setjmp(here) != 0) return way_out_code;
  way_out = &here;
  lw_apc_deliver_(); // queued before it began
  return self->start(self->parameter);
}

/// Waits until the thread may begin. False when it was ended before.
static bool wait_to_begin(lw_thread_object *self) {
  for (;;) {
    lw_sleeper sleeper = lw_sleeper_();
    lw_dispatcher_enter_();
    bool terminated = self->terminated;
    bool held = self->suspended > 0 && !terminated;
    self->held = held ? &sleeper : NULL;
    self->begun = !held;
    lw_lock_release(&lw_dispatcher_);
    if (!held) return !terminated;
    lw_sleep_(&sleeper, self, LW_NEVER);
  }
}

static void run(void *context) {
  lw_thread_object *self = context;
  begin(self);
  DWORD code = wait_to_begin(self) ? call_start(self) : self->terminated_with;
  way_out = NULL;
  end(self, code);
}

void lw_thread_leave_(lw_thread_object *self) {
  DWORD code = self->terminated_with;
  atomic_store(&self->stop.is_leaving, true);
  if (way_out) {
    way_out_code = code;
    longjmp(*way_out, 1);
  }
  // One that something else started: nobody can end it in its place, so it sleeps from here on.
  end(self, code);
  for (;;) lw_park(NULL, LW_NEVER);
}

void lw_thread_give_up_(lw_thread_object *thread, DWORD code) {
  lw_apcs apcs = STAILQ_HEAD_INITIALIZER(apcs);
  bool owns_joint = false;
  begin_end(thread, &apcs, &owns_joint);
  lw_apcs_drop_(&apcs);
  if (owns_joint) lw_mutexes_abandon_joint_(thread);
  tell_end(thread, code);
}

void ExitThread(DWORD code) {
  way_out_code = code;
  if (!way_out) { // the first thread, or one that something else started
    lw_thread_current_();
    if (gettid() == getpid()) atomic_store(&first_has_left, true);
    pthread_exit(NULL);
  }
  longjmp(*way_out, 1);
}

// --------------------------------------------------------------------------------------------------------- creating

/// Starts the thread of a prepared object; the thread takes over one reference. False when the system has none left.
static bool start(lw_thread_object *self) {
  static _Atomic uint32_t named;
  char name[LW_THREAD_NAME_BYTES];
  // relaxed: a number for a name.
  snprintf(name, sizeof name, "thread-%u", 1 + atomic_fetch_add_explicit(&named, 1, memory_order_relaxed));
  lw_thread *thread = lw_thread_create(name, run, self);
  if (!thread) return false;
  self->id = lw_thread_number_of(thread);
  lw_thread_detach(thread);
  return true;
}

HANDLE CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack_bytes, LPTHREAD_START_ROUTINE start_routine,
                    LPVOID parameter, DWORD flags, DWORD *thread_id) {
  (void)stack_bytes;
  if (!start_routine) {
    lw_failed_(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  lw_thread_object *made = lw_thread_prepare_(0);
  HANDLE handle = NULL;
  if (made) {
    made->start = start_routine;
    made->parameter = parameter;
    lw_dispatcher_enter_();
    made->suspended = flags & CREATE_SUSPENDED ? 1 : 0;
    lw_lock_release(&lw_dispatcher_);
    announce(made);
    lw_rights rights = lw_rights_(THREAD_ALL_ACCESS, attributes && attributes->bInheritHandle);
    if (lw_object_retain_(&made->object))
      handle = lw_handle_open_with_(&made->object, rights); // the second reference is the thread's
  }
  if (handle && start(made)) {
    if (thread_id) *thread_id = made->id;
    lw_point(LW_POINT_BEGIN, made, LW_ACCESS_READ); // the new thread may be faster than what its maker does next
    return handle;
  }
  if (handle) lw_close_handle_(handle);
  if (made) {
    withdraw(made);
    lw_object_release_(&made->object);
  }
  lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}
