// Wait threads. Each serves up to 63 registrations, and what was its control object is its sleeper: the place where
// whoever fires one of its registrations, or arms one with an earlier deadline, finds the thread asleep and has it
// woken.
//
// A thread takes fired registrations one by one and in the same locked section in which it notes that the last callback
// has returned, so a wait costs it one turn of the lock, however many fire at once. One that serves nothing stays
// asleep for the next registration.
#include <stdio.h>

#include "accounting.h"
#include "lw_control.h"
#include "registration.h"
#include "workers.h"

enum { PLACES = MAXIMUM_WAIT_OBJECTS - 1, FIRED_CHOICES_MAX = 8 };

struct lw_wait_thread {
  SLIST_ENTRY(lw_wait_thread) with_places LW_GUARDED_BY(&lw_dispatcher_);
  uint32_t served LW_GUARDED_BY(&lw_dispatcher_);
  lw_fired_waits fired LW_GUARDED_BY(&lw_dispatcher_);
  lw_timed_waits timed LW_GUARDED_BY(&lw_dispatcher_);
  lw_sleeper *_Nullable asleep LW_GUARDED_BY(&lw_dispatcher_);
  lw_time wakes_at LW_GUARDED_BY(&lw_dispatcher_);
};

static lw_pool pool = LW_POOL(lw_wait_thread);
static SLIST_HEAD(, lw_wait_thread) threads_with_places LW_GUARDED_BY(lw_dispatcher_);
static uint64_t thread_count LW_GUARDED_BY(lw_dispatcher_);
static _Thread_local lw_wait_thread *served_here;

// ---------------------------------------------------------------------------------------------------------- places

lw_wait_thread *lw_wait_thread_join_(void) {
  lw_wait_thread *thread = SLIST_FIRST(&threads_with_places);
  if (thread && ++thread->served == PLACES) SLIST_REMOVE_HEAD(&threads_with_places, with_places);
  return thread;
}

void lw_wait_thread_leave_(lw_wait_thread *thread) {
  if (thread->served-- == PLACES) SLIST_INSERT_HEAD(&threads_with_places, thread, with_places);
}

// --------------------------------------------------------------------------------------------------------- waking

static void wake(lw_wait_thread *thread, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  if (!thread->asleep) return;
  lw_wakes_add_(wakes, thread->asleep);
  thread->asleep = NULL;
}

void lw_wait_thread_push_(lw_registration *r, lw_wakes *wakes) {
  TAILQ_INSERT_TAIL(&r->thread->fired, r, on_fired);
  wake(r->thread, wakes);
}

void lw_wait_thread_time_(lw_registration *r, lw_wakes *wakes) {
  TAILQ_INSERT_TAIL(&r->thread->timed, r, on_timed);
  if (r->deadline < r->thread->wakes_at) wake(r->thread, wakes);
}

void lw_wait_thread_untime_(lw_registration *r) { TAILQ_REMOVE(&r->thread->timed, r, on_timed); }

void lw_wait_thread_withdraw_(lw_registration *r) {
  TAILQ_REMOVE(&r->thread->fired, r, on_fired);
  r->queued = false;
  r->pending--;
}

// -------------------------------------------------------------------------------------------------------- serving

/// Takes `r` off the queue. A repeating registration whose callbacks run elsewhere waits for its object again from
/// here.
static bool take(lw_registration *r, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  bool timed_out = r->timed_out;
  TAILQ_REMOVE(&r->thread->fired, r, on_fired);
  r->queued = false;
  if (r->registered && !lw_runs_once_(r) && !lw_runs_in_wait_thread_(r) && r->pending < LW_PENDING_MAX)
    lw_registration_arm_(r, wakes);
  return timed_out;
}

bool lw_wait_thread_take_(lw_registration *r, bool *timed_out) {
  if (served_here != r->thread || !r->queued) return false;
  lw_wakes nobody = {NULL}; // an unregistered wait is not armed again, so nobody is woken
  *timed_out = take(r, &nobody);
  return true;
}

/// In the calling thread, which is a pool thread or the wait thread.
static void call_here(void *context, uint64_t timed_out) {
  lw_registration *r = context;
  lw_wakes wakes = {NULL};
  lw_registration_call_(r, timed_out != 0);
  lw_dispatcher_enter_();
  bool over = lw_registration_returned_(r, &wakes);
  lw_dispatcher_leave_(&wakes);
  if (over) lw_registration_end_(r);
}

static void submit(lw_registration *r, bool timed_out) {
  if (!lw_workers_submit_(call_here, r, timed_out)) lw_fatal("there is no memory to queue a wait's callback");
}

void lw_wait_thread_dispatch_(lw_registration *r, bool timed_out) {
  if (lw_runs_in_wait_thread_(r))
    call_here(r, timed_out);
  else
    submit(r, timed_out);
}

/// Fires what is due and returns when the next one will be.
static lw_time fire_due(lw_wait_thread *thread, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  lw_time next = LW_NEVER;
  if (TAILQ_EMPTY(&thread->timed)) return next;
  lw_time now = lw_clock_now();
  lw_registration *following;
  for (lw_registration *r = TAILQ_FIRST(&thread->timed); r; r = following) {
    following = TAILQ_NEXT(r, on_timed);
    if (r->deadline <= now)
      lw_registration_fire_(r, true, wakes);
    else if (r->deadline < next)
      next = r->deadline;
  }
  return next;
}

/// Sleeps until somebody takes the sleeper off the thread, or its deadline.
static void sleep_until_woken(lw_wait_thread *thread, lw_sleeper *sleeper, lw_time deadline) {
  if (lw_sleep_(sleeper, thread, deadline)) return;
  lw_dispatcher_enter_();
  bool taken = thread->asleep == NULL;
  thread->asleep = NULL;
  lw_lock_release(&lw_dispatcher_);
  if (taken) lw_sleep_(sleeper, thread, LW_NEVER); // its release is on its way
}

/// The one that fired first; under control, where operations that are independent may complete in any order, any.
static lw_registration *_Nullable first_to_serve(lw_wait_thread *thread) LW_REQUIRES(lw_dispatcher_) {
  lw_registration *first = TAILQ_FIRST(&thread->fired), *r;
  if (!first || !lw_control_is_member()) return first;
  uint32_t count = 0;
  TAILQ_FOREACH(r, &thread->fired, on_fired) count++;
  uint32_t chosen = lw_choose(LW_CHOICE_READINESS, thread, count < FIRED_CHOICES_MAX ? count : FIRED_CHOICES_MAX);
  for (r = first; chosen > 0; chosen--) r = TAILQ_NEXT(r, on_fired);
  return r;
}

static void serve(void *context) {
  lw_wait_thread *thread = served_here = context;
  lw_registration *last = NULL; // whose callback has returned
  for (;;) {
    lw_wakes wakes = {NULL};
    lw_sleeper sleeper = lw_sleeper_();
    lw_dispatcher_enter_();
    bool over = last && lw_registration_returned_(last, &wakes);
    lw_time deadline = fire_due(thread, &wakes);
    lw_registration *next = first_to_serve(thread);
    bool timed_out = next && take(next, &wakes);
    bool idle = !next && !over;
    thread->wakes_at = deadline;
    if (idle) thread->asleep = &sleeper;
    lw_dispatcher_leave_(&wakes);

    if (over) lw_registration_end_(last);
    last = NULL;
    if (idle) {
      sleep_until_woken(thread, &sleeper, deadline);
    } else if (next && lw_runs_in_wait_thread_(next)) {
      lw_registration_call_(next, timed_out);
      last = next;
    } else if (next) {
      submit(next, timed_out);
    }
  }
}

// --------------------------------------------------------------------------------------------------------- adding

bool lw_wait_thread_add_(void) {
  lw_wait_thread *thread = lw_pool_take(&pool);
  if (!thread) return false;
  lw_dispatcher_enter_();
  TAILQ_INIT(&thread->fired);
  TAILQ_INIT(&thread->timed);
  uint64_t number = ++thread_count;
  lw_lock_release(&lw_dispatcher_);

  char name[LW_THREAD_NAME_BYTES];
  snprintf(name, sizeof name, "wait-thread-%u", (unsigned)number);
  lw_thread *started = lw_thread_create(name, serve, thread);
  if (started) lw_thread_detach(started);

  lw_dispatcher_enter_();
  if (started)
    SLIST_INSERT_HEAD(&threads_with_places, thread, with_places);
  else
    thread_count--;
  lw_lock_release(&lw_dispatcher_);
  if (!started) lw_pool_give(&pool, thread);
  return started != NULL;
}

uint64_t lw_wait_thread_count_(void) {
  lw_dispatcher_enter_();
  uint64_t count = thread_count;
  lw_lock_release(&lw_dispatcher_);
  return count;
}
