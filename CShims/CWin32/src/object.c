// Reference counts of objects and the dispatcher: signalling, and waking threads after the lock.
#include "object.h"
#include "joint.h"
#include "names.h"
#include "thread_sleeps.h"

lw_lock lw_dispatcher_;

void lw_object_prepare_(lw_object *object, const lw_object_type *type) LW_NO_THREAD_SAFETY_ANALYSIS {
  object->type = type;
  TAILQ_INIT(&object->blocks);
  TAILQ_INIT(&object->registrations);
  // relaxed: nobody else can see the object before a handle or a list publishes it.
  atomic_store_explicit(&object->references, 1, memory_order_relaxed);
}

bool lw_object_retain_(lw_object *object) {
  // relaxed: the list that led here, and its lock, made the object visible.
  int64_t references = atomic_load_explicit(&object->references, memory_order_relaxed);
  do {
    if (references == 0) return false;
  } while (!atomic_compare_exchange_weak_explicit(&object->references, &references, references + 1,
                                                  memory_order_relaxed, memory_order_relaxed));
  return true;
}

/// Of an object to which nothing refers any more, so that nobody changes it.
static bool is_joint(const lw_object *object) LW_NO_THREAD_SAFETY_ANALYSIS { return object->joint != 0; }

void lw_object_end_(lw_object *object) {
  if (object->named) lw_name_drop_(object);
  if (is_joint(object)) lw_joint_drop_(object);
  object->type->destroy(object);
}

void lw_object_hold_open_(lw_object *object) {
  // relaxed: whoever holds a reference keeps what this counts.
  atomic_fetch_add_explicit(&object->handles, 1, memory_order_relaxed);
}

void lw_object_let_close_(lw_object *object) {
  // acquire and release: as where a handle is removed.
  bool last = atomic_fetch_sub_explicit(&object->handles, 1, memory_order_acq_rel) == 1;
  if (last && object->type->closed) object->type->closed(object);
  lw_object_release_(object);
}

static void trace_signal(const lw_object *object) {
  // relaxed: a number for the trace.
  lw_event(LW_EVENT_SIGNAL, 0, atomic_load_explicit(&object->handle, memory_order_relaxed), 0, 0, 0, 0);
}

void lw_object_signal_(lw_object *object, lw_wakes *wakes) {
  if (object->joint) {
    trace_signal(object);
    lw_joint_signal_(object, wakes);
    return;
  }
  object->signal = 1;
  lw_object_offer_(object, wakes);
}

void lw_object_reset_(lw_object *object) {
  if (object->joint)
    lw_joint_reset_(object);
  else
    object->signal = 0;
}

void lw_object_offer_(lw_object *object, lw_wakes *wakes) {
  trace_signal(object);
  lw_wait_block *block = TAILQ_FIRST(&object->blocks);
  while (block && object->signal > 0) {
    // A satisfied wait may have taken several blocks off this list (one object twice in an array): begin again.
    bool satisfied = block->waiter_type->satisfy(block, wakes);
    block = satisfied ? TAILQ_FIRST(&object->blocks) : TAILQ_NEXT(block, link);
  }
}

void lw_object_set_(lw_object *object) {
  lw_wakes wakes = {NULL};
  lw_point(LW_POINT_SIGNAL, object, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  lw_object_signal_(object, &wakes);
  lw_dispatcher_leave_(&wakes);
}

void lw_wakes_release_some_(lw_wakes *wakes) {
  lw_sleeper *sleeper = wakes->first;
  while (sleeper) {
    lw_sleeper *next = sleeper->next;
    lw_thread_number thread = sleeper->thread;
    // release: what was done for the sleeper is visible to it. From here on it may be gone.
    atomic_store_explicit(&sleeper->released, true, memory_order_release);
    lw_unpark(thread);
    sleeper = next;
  }
  wakes->first = NULL;
}

bool lw_sleep_(lw_sleeper *sleeper, const void *object, lw_time deadline) {
  return lw_sleep_stoppable_(sleeper, &sleeper->released, object, deadline, LW_SLEEP_BOUND);
}

lw_time lw_deadline_(DWORD ms) {
  enum { NS_PER_MS = 1000000 };
  return ms == 0xFFFFFFFFu ? LW_NEVER : lw_clock_now() + (lw_time)ms * NS_PER_MS;
}
