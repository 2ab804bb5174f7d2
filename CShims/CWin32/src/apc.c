// User APCs: a queue in each thread object, under the dispatcher lock.
#include "apc.h"

#include "lw_arena.h"
#include "processthreadsapi.h"
#include "synchapi.h"
#include "thread.h"
#include "thread_sleeps.h"

bool lw_apc_queue_(lw_thread_object *thread, lw_apc *apc) {
  lw_point(LW_POINT_SIGNAL, thread, LW_ACCESS_WRITE);
  lw_dispatcher_enter_();
  bool accepts = thread->is_own && !thread->ended;
  bool alerts = accepts && thread->alertable;
  DWORD id = thread->id;
  if (accepts) STAILQ_INSERT_TAIL(&thread->apcs, apc, link);
  if (accepts) lw_event(LW_EVENT_QUEUE, 0, id, 0, 0, 0, 0);
  // release: pairs with the acquire in lw_park_until_either. The caller's reference keeps the flag's memory.
  if (alerts) atomic_store_explicit(&thread->alerted, true, memory_order_release);
  lw_lock_release(&lw_dispatcher_);
  if (alerts) lw_unpark(id);
  return accepts;
}

/// The oldest call to `self`, which is then nobody's but the caller's.
static lw_apc *_Nullable take(lw_thread_object *self) {
  lw_dispatcher_enter_();
  lw_apc *apc = STAILQ_FIRST(&self->apcs);
  if (apc) STAILQ_REMOVE_HEAD(&self->apcs, link);
  lw_lock_release(&lw_dispatcher_);
  return apc;
}

bool lw_apc_deliver_(void) {
  lw_thread_object *self = lw_thread_current_();
  lw_apc *apc = self ? take(self) : NULL;
  bool any = apc != NULL;
  for (; apc; apc = take(self)) {
    lw_point(LW_POINT_CALLBACK, self, LW_ACCESS_WRITE);
    lw_event(LW_EVENT_APC, 0, self->id, 0, 0, 0, 0);
    apc->run(apc);
  }
  return any;
}

void lw_apcs_drop_(lw_apcs *apcs) {
  lw_apc *apc;
  while ((apc = STAILQ_FIRST(apcs))) {
    STAILQ_REMOVE_HEAD(apcs, link);
    apc->dropped(apc);
  }
}

/// Parks until the calling thread's `sleeper` is released, `deadline` has passed or a call is queued to the thread.
static lw_slept sleep_alertable(lw_thread_object *self, lw_sleeper *sleeper, const void *_Nullable object,
                                lw_time deadline, lw_thread_sleep kind) {
  lw_dispatcher_enter_();
  bool queued = !STAILQ_EMPTY(&self->apcs);
  self->alertable = !queued;
  // relaxed: nobody else stores it before the lock is released.
  atomic_store_explicit(&self->alerted, false, memory_order_relaxed);
  lw_lock_release(&lw_dispatcher_);
  if (queued) return LW_SLEPT_ALERTED;
  lw_sleep_stoppable_(sleeper, &self->alerted, object, deadline, kind);
  lw_dispatcher_enter_();
  self->alertable = false;
  bool alerted = !STAILQ_EMPTY(&self->apcs);
  lw_lock_release(&lw_dispatcher_);
  // acquire: pairs with the release in lw_wakes_release_.
  if (atomic_load_explicit(&sleeper->released, memory_order_acquire)) return LW_SLEPT_RELEASED;
  return alerted ? LW_SLEPT_ALERTED : LW_SLEPT_TIMEOUT;
}

lw_slept lw_sleep_either_(lw_sleeper *sleeper, const void *object, lw_time deadline, bool alertable, bool polls) {
  // A thread that has no object yet is known to nobody who could stop it.
  lw_thread_object *self = alertable ? lw_thread_current_() : lw_thread_known_();
  lw_thread_sleep kind = polls ? LW_SLEEP_POLLS : LW_SLEEP_LOOSE;
  if (self && alertable) return sleep_alertable(self, sleeper, object, deadline, kind);
  lw_sleep_stoppable_(sleeper, self ? &self->stop.leaves : &sleeper->released, object, deadline, kind);
  // acquire: as above.
  return atomic_load_explicit(&sleeper->released, memory_order_acquire) ? LW_SLEPT_RELEASED : LW_SLEPT_TIMEOUT;
}

// --------------------------------------------------------------------------------------------------- of the program

typedef struct user_apc {
  lw_apc apc;
  PAPCFUNC function;
  ULONG_PTR argument;
} user_apc;

static lw_pool pool = LW_POOL(user_apc);

static void run(lw_apc *apc) {
  user_apc call = *(user_apc *)apc;
  lw_pool_give(&pool, apc); // first, because the call may end the thread
  call.function(call.argument);
}

static void dropped(lw_apc *apc) { lw_pool_give(&pool, apc); }

DWORD QueueUserAPC(PAPCFUNC function, HANDLE thread, ULONG_PTR argument) {
  lw_object *object = lw_handle_object_for_(thread, &lw_thread_type_, THREAD_SET_CONTEXT, __func__);
  if (!object) return 0;
  user_apc *apc = function ? lw_pool_take(&pool) : NULL;
  bool queued = false;
  if (apc) {
    *apc = (user_apc){.apc = {.run = run, .dropped = dropped}, .function = function, .argument = argument};
    queued = lw_apc_queue_((lw_thread_object *)object, &apc->apc);
    if (!queued) lw_pool_give(&pool, apc);
  }
  lw_object_release_(object);
  if (queued) return 1;
  SetLastError(!function ? ERROR_INVALID_PARAMETER : apc ? ERROR_GEN_FAILURE : ERROR_NOT_ENOUGH_MEMORY);
  return 0;
}

static void give_way(void) {
  static const _Atomic bool nobody_wakes;
  lw_park_until(&nobody_wakes, NULL, lw_clock_now());
}

static DWORD sleep_for(DWORD ms, BOOL alertable) {
  lw_slept slept = LW_SLEPT_ALERTED;
  if (ms == 0) {
    give_way();
  } else {
    lw_time deadline = lw_deadline_(ms);
    lw_sleeper nobody_wakes = lw_sleeper_();
    slept = lw_sleep_either_(&nobody_wakes, NULL, deadline, alertable != FALSE, false);
  }
  lw_thread_leave_if_asked_();
  return alertable && slept == LW_SLEPT_ALERTED && lw_apc_deliver_() ? WAIT_IO_COMPLETION : 0;
}

DWORD SleepEx(DWORD ms, BOOL alertable) {
  lw_announced_look_back();
  return sleep_for(ms, alertable);
}

void Sleep(DWORD ms) {
  lw_announced_look_back();
  sleep_for(ms, FALSE);
}
