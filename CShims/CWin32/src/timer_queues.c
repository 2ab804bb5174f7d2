// Timer queues. A timer is a registered wait for nothing but time: it fires on a wait thread, its callback runs on the
// pool, and deleting it is as much a race with that callback as unregistering a wait is, and is answered the same way.
//
// A queue, too, has a name that is never used twice: generation (40 bits), slot index (22) and two zero bits.
// Generations begin where no registration comes to.
#include "joint.h"
#include "registration.h"
#include "threadpoollegacyapiset.h"
#include "workers.h"

enum { INDEX_BITS = 22, TAG_BITS = 2 };
#define FIRST_GENERATION (1ull << 39)

typedef TAILQ_HEAD(lw_timers, lw_registration) lw_timers;

struct lw_timer_queue {
  lw_slot slot;
  uint64_t generation;
  lw_timers timers LW_GUARDED_BY(&lw_dispatcher_);
  uint64_t count LW_GUARDED_BY(&lw_dispatcher_); ///< timers that are not over, and those that are being made
  bool is_deleted LW_GUARDED_BY(&lw_dispatcher_);
  lw_handle_deed deleted LW_GUARDED_BY(&lw_dispatcher_);
  lw_object *_Nullable completion LW_GUARDED_BY(&lw_dispatcher_); ///< event to set when all are over
  HANDLE _Nullable completion_handle LW_GUARDED_BY(&lw_dispatcher_);
  lw_sleeper *_Nullable ender LW_GUARDED_BY(&lw_dispatcher_); ///< thread that deletes it and blocks
};

static lw_slots queues LW_GUARDED_BY(lw_dispatcher_) = {.slot_bytes = sizeof(lw_timer_queue)};
static lw_timer_queue *_Nullable process_queue LW_GUARDED_BY(lw_dispatcher_); ///< the one without a name

// ---------------------------------------------------------------------------------------------------------- queues

static lw_timer_queue *_Nullable make_queue(void) LW_REQUIRES(lw_dispatcher_) {
  lw_timer_queue *queue = (lw_timer_queue *)lw_slot_take_(&queues);
  if (!queue) return NULL;
  uint64_t generation = queue->generation ? queue->generation + 1 : FIRST_GENERATION;
  *queue = (lw_timer_queue){.slot = queue->slot, .generation = generation};
  TAILQ_INIT(&queue->timers);
  return queue;
}

static uint64_t generation_of(HANDLE name) { return (uint64_t)(uintptr_t)name >> (INDEX_BITS + TAG_BITS); }

/// The slot that a name points at, whoever has it now; NULL when there never was one.
static lw_timer_queue *_Nullable slot_of(HANDLE _Nullable name) LW_REQUIRES(lw_dispatcher_) {
  if (generation_of(name) < FIRST_GENERATION) return NULL;
  return lw_slot_at_(&queues, (uint64_t)(uintptr_t)name >> TAG_BITS & ((1u << INDEX_BITS) - 1));
}

/// The queue of a name, NULL standing for the process's own; NULL when it is none, or is deleted.
static lw_timer_queue *_Nullable find(HANDLE _Nullable name) LW_REQUIRES(lw_dispatcher_) {
  if (!name) return process_queue ? process_queue : (process_queue = make_queue());
  lw_timer_queue *queue = slot_of(name);
  return queue && queue->generation == generation_of(name) && !queue->is_deleted ? queue : NULL;
}

HANDLE lw_create_timer_queue_(void) {
  lw_dispatcher_enter_();
  lw_timer_queue *queue = make_queue();
  uint64_t name = queue ? queue->generation << (INDEX_BITS + TAG_BITS) | (uint64_t)queue->slot.index << TAG_BITS : 0;
  lw_lock_release(&lw_dispatcher_);
  if (!queue) lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return (HANDLE)(uintptr_t)name;
}

/// One timer less, or one that did not come about. The queue, when that was the end of it.
static lw_timer_queue *_Nullable discount(lw_timer_queue *queue) LW_REQUIRES(lw_dispatcher_) {
  return --queue->count == 0 && queue->is_deleted ? queue : NULL;
}

lw_timer_queue *lw_timer_queue_leave_(lw_timer_queue *queue, lw_registration *timer) {
  TAILQ_REMOVE(&queue->timers, timer, on_queue);
  return discount(queue);
}

/// Of a queue that has ended, which only the thread that ends it still touches.
static lw_object *_Nullable completion_of(const lw_timer_queue *queue) LW_NO_THREAD_SAFETY_ANALYSIS {
  return queue->completion;
}
static HANDLE _Nullable completion_handle_of(const lw_timer_queue *queue) LW_NO_THREAD_SAFETY_ANALYSIS {
  return queue->completion_handle;
}

void lw_timer_queue_end_(lw_timer_queue *queue) {
  lw_object *completion = completion_of(queue), *set = NULL;
  if (completion) {
    lw_point(LW_POINT_SIGNAL, completion, LW_ACCESS_WRITE);
    set = lw_promised_event_(completion, completion_handle_of(queue));
  }
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  if (set) lw_object_signal_(set, &wakes);
  if (queue->ender) lw_wakes_add_(&wakes, queue->ender);
  lw_slot_give_(&queues, &queue->slot);
  lw_dispatcher_leave_(&wakes);
  if (set) lw_object_release_(set);
  if (completion) lw_object_release_(completion);
}

// ---------------------------------------------------------------------------------------------------------- timers

/// Has it fire in `due` milliseconds and then every `period`, or not again for 0.
static void set_times(lw_registration *timer, ULONG due, ULONG period) {
  timer->ms = due;
  timer->period = period;
  timer->flags = (timer->flags & ~WT_EXECUTEONLYONCE) | (period == 0 ? WT_EXECUTEONLYONCE : 0);
}

BOOL lw_create_timer_(HANDLE *timer, HANDLE name, WAITORTIMERCALLBACK callback, PVOID context, DWORD due, DWORD period,
                      ULONG flags) {
  if (!timer || !callback) return lw_failed_(ERROR_INVALID_PARAMETER);
  bool in_timer_thread = flags & (WT_EXECUTEINTIMERTHREAD | WT_EXECUTEINWAITTHREAD);
  lw_workers_limit_(flags >> LW_LIMIT_SHIFT);
  bool threads = in_timer_thread || lw_workers_prepare_();
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  lw_timer_queue *queue = find(name), *ended = NULL;
  lw_registration *made = NULL;
  DWORD error = queue ? 0 : name ? ERROR_INVALID_HANDLE : ERROR_NOT_ENOUGH_MEMORY;
  if (queue) {
    queue->count++; // it stays while the lock is given back
    made = threads ? lw_registration_take_() : NULL;
    if (!made) error = ERROR_NOT_ENOUGH_MEMORY;
  }
  if (made) {
    made->queue = queue;
    made->callback = callback;
    made->context = context;
    made->flags = in_timer_thread ? WT_EXECUTEINWAITTHREAD : 0;
    set_times(made, due, period);
    TAILQ_INSERT_TAIL(&queue->timers, made, on_queue);
    *timer = lw_registration_name_(made); // before a callback can begin
    lw_event(LW_EVENT_REGISTER_WAIT, 0, made->number, 0, 0, 0, 0);
    lw_registration_arm_(made, &wakes);
  } else if (queue) {
    ended = discount(queue);
  }
  lw_dispatcher_leave_(&wakes);
  if (ended) lw_timer_queue_end_(ended);
  return error == 0 ? TRUE : lw_failed_(error);
}

/// The timer of a name, in the queue of another; NULL when there is none.
static lw_registration *_Nullable find_timer(HANDLE _Nullable name, HANDLE _Nullable queue)
    LW_REQUIRES(lw_dispatcher_) {
  lw_registration *timer = lw_registration_slot_(name);
  bool is_timer = timer && timer->generation == lw_registration_generation_(name) && timer->registered;
  return is_timer && timer->queue && timer->queue == find(queue) ? timer : NULL;
}

BOOL lw_change_timer_(HANDLE queue, HANDLE name, ULONG due, ULONG period) {
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  lw_registration *timer = find_timer(name, queue);
  bool has_fired = timer && lw_runs_once_(timer) && !timer->armed;
  if (timer && !has_fired) {
    bool was_armed = timer->armed;
    if (was_armed) lw_registration_disarm_(timer);
    set_times(timer, due, period);
    if (was_armed) lw_registration_arm_(timer, &wakes);
  }
  lw_dispatcher_leave_(&wakes);
  return timer ? TRUE : lw_failed_(ERROR_INVALID_HANDLE);
}

BOOL lw_delete_timer_(HANDLE queue, HANDLE name, HANDLE completion) {
  if (!name) return lw_failed_(ERROR_INVALID_PARAMETER);
  lw_dispatcher_enter_();
  bool has_queue = find(queue) != NULL;
  lw_lock_release(&lw_dispatcher_);
  if (!has_queue) return lw_failed_(ERROR_INVALID_HANDLE);
  return lw_end_registration_(name, true, completion, "DeleteTimerQueueTimer");
}

// ------------------------------------------------------------------------------------------------------ all of them

/// What deleting a queue found, in its first locked section.
typedef struct ending {
  lw_timer_queue *_Nullable queue; ///< NULL: there is none of that name
  bool known;                      ///< there was one once
  bool deadlock;                   ///< blocking, from inside a callback of its timers: nothing was done
  lw_handle_deed first;            ///< of a queue that is deleted again and whose slot nobody has used since
} ending;

static bool is_inside(const lw_timer_queue *queue) LW_REQUIRES(lw_dispatcher_) {
  const lw_registration *timer;
  TAILQ_FOREACH(timer, &queue->timers, on_queue)
  if (lw_registration_is_running_here_(timer)) return true;
  return false;
}

/// From here on it gets no further timers, and ends with the last one and whoever deletes it.
static ending begin_to_delete(HANDLE name, lw_object *_Nullable completion, HANDLE _Nullable completion_handle,
                              lw_sleeper *_Nullable ender, lw_handle_deed now) LW_REQUIRES(lw_dispatcher_) {
  ending e = {.queue = name ? find(name) : NULL};
  lw_timer_queue *slot = slot_of(name);
  if (!e.queue) {
    e.known = slot && generation_of(name) <= slot->generation;
    if (e.known && generation_of(name) == slot->generation) e.first = slot->deleted;
    return e;
  }
  e.deadlock = ender && is_inside(slot);
  if (e.deadlock) return e;
  slot->count++;
  slot->is_deleted = true;
  slot->deleted = now;
  slot->completion = completion;
  slot->completion_handle = completion_handle;
  slot->ender = ender;
  return e;
}

/// Takes the next timer out of use that is in use. False: there is none.
static bool delete_next(lw_timer_queue *queue, lw_handle_deed now, bool *is_pending) {
  lw_registration *timer;
  bool is_over = false;
  lw_dispatcher_enter_();
  TAILQ_FOREACH(timer, &queue->timers, on_queue)
  if (timer->registered) break;
  if (timer) {
    is_over = lw_registration_leave_(timer, NULL, NULL, now);
    lw_event(LW_EVENT_UNREGISTER_WAIT, 0, timer->number, 0, 0, 0, is_over ? 0 : ERROR_IO_PENDING);
  }
  lw_lock_release(&lw_dispatcher_);
  if (is_over) lw_registration_end_(timer);
  *is_pending |= timer && !is_over;
  return timer != NULL;
}

BOOL lw_delete_timer_queue_(HANDLE name, HANDLE completion) {
  static const char api[] = "DeleteTimerQueueEx";
  bool blocking = completion == INVALID_HANDLE_VALUE, is_pending = false;
  lw_object *event;
  if (!lw_find_completion_(completion, api, &event)) return FALSE;
  lw_sleeper sleeper = lw_sleeper_();
  lw_handle_deed now = lw_handle_deed_now_();
  lw_point(LW_POINT_CANCEL, name, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  ending e = begin_to_delete(name, event, completion, blocking ? &sleeper : NULL, now);
  lw_lock_release(&lw_dispatcher_);
  if (!e.queue || e.deadlock) {
    if (event) lw_object_release_(event);
    if (e.deadlock) return lw_refuse_ending_(18, api, name, ERROR_INVALID_PARAMETER, e.first);
    return e.known ? lw_refuse_ending_(8, api, name, ERROR_INVALID_HANDLE, e.first) : lw_failed_(ERROR_INVALID_HANDLE);
  }
  while (delete_next(e.queue, now, &is_pending)) continue;
  lw_dispatcher_enter_();
  is_pending |= e.queue->count > 1; // one that somebody else has deleted may be
  lw_timer_queue *ended = discount(e.queue);
  lw_lock_release(&lw_dispatcher_);
  if (ended) lw_timer_queue_end_(ended);
  if (blocking) lw_sleep_(&sleeper, e.queue, LW_NEVER);
  return blocking || !is_pending ? TRUE : lw_failed_(ERROR_IO_PENDING);
}
