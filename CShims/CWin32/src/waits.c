// Waiting in the calling thread: for one object, for up to 64, and after a signal to another.
#include "apc.h"
#include "joint.h"
#include "lw_arena.h"
#include "processthreadsapi.h"
#include "synchapi.h"
#include "thread.h"

/// A thread's wait for up to 64 objects; lives on its stack.
typedef struct multiple_wait {
  lw_sleeper sleeper;
  lw_thread_object *_Nullable thread; ///< the calling one, where it matters who waits
  bool all;
  bool alertable;
  bool satisfied; ///< decided under the dispatcher lock
  bool abandoned; ///< a mutex that satisfied it was
  bool joint;     ///< some of the objects are joint ones; as above
  uint32_t count;
  uint32_t missing; ///< an object that was not signalled when the thread began to wait; for reports
  uint32_t index;   ///< of the object that satisfied it; the release of the sleeper publishes it
  lw_wait_block blocks[MAXIMUM_WAIT_OBJECTS];
} multiple_wait;

static void unlink_blocks(multiple_wait *wait) LW_REQUIRES(lw_dispatcher_) {
  if (wait->joint) lw_joint_begin_();
  for (uint32_t i = 0; i < wait->count; i++) lw_wait_block_leave_(&wait->blocks[i]);
  if (wait->joint) lw_joint_end_();
}

static bool all_ready(const multiple_wait *wait) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t i = 0; i < wait->count; i++)
    if (!lw_object_is_ready_(wait->blocks[i].object, wait->thread)) return false;
  return true;
}

static void consume(multiple_wait *wait, uint32_t index) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t i = 0; i < wait->count; i++)
    if ((wait->all || i == index) && lw_object_take_(wait->blocks[i].object, wait->thread)) wait->abandoned = true;
  wait->index = wait->all ? 0 : index;
  wait->satisfied = true;
}

static bool satisfy_now(multiple_wait *wait, uint32_t index, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  if (wait->all && !all_ready(wait)) return false;
  consume(wait, index);
  unlink_blocks(wait);
  lw_wakes_add_(wakes, &wait->sleeper);
  return true;
}

/// Takes note of what another process has granted.
static bool notice_grant(multiple_wait *wait, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t i = 0; wait->joint && !wait->satisfied && i < wait->count; i++)
    if (lw_joint_notice_(&wait->blocks[i], wakes)) return true;
  return false;
}

static bool satisfy(lw_wait_block *block, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  multiple_wait *wait = block->waiter;
  if (!wait->joint) return satisfy_now(wait, block->index, wakes);
  lw_joint_begin_();
  // One that was granted is off the list, and what is signalled now stays for others.
  bool done = notice_grant(wait, wakes) || satisfy_now(wait, block->index, wakes);
  lw_joint_end_();
  return done;
}

static void granted(lw_wait_block *block, bool abandoned, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  multiple_wait *wait = block->waiter;
  for (uint32_t i = 0; i < wait->count; i++)
    if ((wait->all || i == block->index) && wait->blocks[i].object->joint)
      lw_joint_owned_(wait->blocks[i].object, wait->thread);
  wait->abandoned = abandoned;
  wait->index = wait->all ? 0 : block->index;
  wait->satisfied = true;
  unlink_blocks(wait);
  lw_wakes_add_(wakes, &wait->sleeper);
}

static void join(lw_wait_block *block) LW_REQUIRES(lw_dispatcher_) {
  multiple_wait *wait = block->waiter;
  lw_joint_begin_();
  for (uint32_t i = 0; i < wait->count; i++)
    if (wait->blocks[i].record) lw_joint_leave_(&wait->blocks[i]);
  wait->joint = true;
  lw_joint_join_(wait->blocks, wait->count, wait->all, wait->thread);
  lw_joint_end_();
}

static const lw_waiter_type waiter_type = {.satisfy = satisfy, .granted = granted, .join = join};

/// Whether other processes have some of the objects.
static bool has_joint(const multiple_wait *wait) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t i = 0; lw_joint_is_on_ && i < wait->count; i++)
    if (wait->blocks[i].object->joint) return true;
  return false;
}

/// Whether the wait is satisfied by what is signalled right now.
static bool satisfied_at_once(multiple_wait *wait) LW_REQUIRES(lw_dispatcher_) {
  if (wait->all) {
    if (!all_ready(wait)) return false;
    consume(wait, 0);
    return true;
  }
  for (uint32_t i = 0; i < wait->count; i++) {
    if (!lw_object_is_ready_(wait->blocks[i].object, wait->thread)) continue;
    consume(wait, i);
    return true;
  }
  return false;
}

/// Takes what is signalled, or joins those who wait for it.
static void look_or_join(multiple_wait *wait, bool may_join) LW_REQUIRES(lw_dispatcher_) {
  if (satisfied_at_once(wait) || !may_join) return;
  for (uint32_t i = 0; i < wait->count; i++) TAILQ_INSERT_TAIL(&wait->blocks[i].object->blocks, &wait->blocks[i], link);
  if (wait->joint) lw_joint_join_(wait->blocks, wait->count, wait->all, wait->thread);
  while (lw_object_is_ready_(wait->blocks[wait->missing].object, wait->thread)) wait->missing++;
}

static DWORD answer(const multiple_wait *wait) {
  return (wait->abandoned ? WAIT_ABANDONED_0 : WAIT_OBJECT_0) + wait->index;
}

/// Under the lock, at the end of the time or at an alert: true when nothing came and the wait is off every list.
static bool gave_up(multiple_wait *wait) {
  lw_wakes wakes = {NULL};
  lw_dispatcher_enter_();
  if (wait->joint) lw_joint_begin_();
  notice_grant(wait, &wakes); // then the release is the thread's own
  bool satisfied = wait->satisfied;
  if (!satisfied) unlink_blocks(wait);
  if (wait->joint) lw_joint_end_();
  lw_dispatcher_leave_(&wakes);
  return !satisfied;
}

/// What nothing but its time, or a call queued to the thread, has ended.
static DWORD unsatisfied(bool alerted) { return alerted && lw_apc_deliver_() ? WAIT_IO_COMPLETION : WAIT_TIMEOUT; }

static DWORD sleep_for(multiple_wait *wait, lw_time deadline) {
  const void *object = wait->blocks[0].object;
  for (;;) {
    lw_awaited awaited = lw_object_awaited_(wait->blocks[wait->missing].object, wait->count - 1);
    lw_awaits(&awaited);
    lw_slept slept = lw_sleep_either_(&wait->sleeper, object, deadline, wait->alertable, false);
    lw_awaits(NULL);
    if (slept == LW_SLEPT_RELEASED) return answer(wait);
    if (gave_up(wait)) return unsatisfied(slept == LW_SLEPT_ALERTED);
    wait->alertable = false; // satisfied in the last moment: the release is on its way
    deadline = LW_NEVER;
  }
}

/// Waits; before that, in the same locked section, `given` is signalled.
static DWORD wait_for(multiple_wait *wait, DWORD ms, lw_object *_Nullable given) {
  lw_time deadline = ms == 0 ? 0 : lw_deadline_(ms);
  lw_wakes wakes = {NULL};
  // What the program looked at before it came here may be changed by now, and the signal gone.
  if (given)
    lw_point(LW_POINT_SIGNAL, given, LW_ACCESS_WRITE);
  else if (ms != 0)
    lw_point(LW_POINT_LOCK, wait->blocks[0].object, LW_ACCESS_READ);
  lw_dispatcher_enter_();
  DWORD error = ERROR_SUCCESS;
  wait->joint = has_joint(wait);
  bool joint = wait->joint || (given && given->joint);
  if (joint) lw_joint_begin_();
  if (given) error = given->type->give(given, wait->thread, &wakes);
  if (error == ERROR_SUCCESS) look_or_join(wait, ms != 0);
  if (joint) lw_joint_end_();
  bool satisfied = wait->satisfied;
  lw_dispatcher_leave_(&wakes);
  if (error != ERROR_SUCCESS) {
    SetLastError(error);
    return WAIT_FAILED;
  }
  if (satisfied) return answer(wait);
  return ms == 0 ? unsatisfied(wait->alertable) : sleep_for(wait, deadline);
}

// ---------------------------------------------------------------------------------------------------------- entries

static bool same_object_twice(const multiple_wait *wait) {
  for (uint32_t i = 1; i < wait->count; i++)
    for (uint32_t j = 0; j < i; j++)
      if (wait->blocks[i].object == wait->blocks[j].object) return true;
  return false;
}

/// Adds an object, which takes over the caller's reference.
static void add(multiple_wait *wait, lw_object *object) {
  uint32_t index = wait->count++;
  wait->blocks[index] = (lw_wait_block){.object = object, .waiter_type = &waiter_type, .waiter = wait, .index = index};
}

static void prepare(multiple_wait *wait, bool all, BOOL alertable) {
  wait->sleeper = lw_sleeper_();
  wait->thread = lw_thread_current_();
  wait->all = all;
  wait->alertable = alertable != FALSE;
  wait->satisfied = false;
  wait->abandoned = false;
  wait->joint = false;
  wait->index = 0;
  wait->missing = 0;
  wait->count = 0;
}

static void finish(multiple_wait *wait) {
  for (uint32_t i = 0; i < wait->count; i++) lw_object_release_(wait->blocks[i].object);
}

static DWORD fail(DWORD error) {
  SetLastError(error);
  return WAIT_FAILED;
}

static DWORD wait_for_many(DWORD count, const HANDLE *_Nullable objects, BOOL all, DWORD ms, BOOL alertable,
                           const char *api) {
  if (count == 0 || count > MAXIMUM_WAIT_OBJECTS || !objects) return fail(ERROR_INVALID_PARAMETER);
  multiple_wait wait;
  prepare(&wait, all != FALSE, alertable);
  bool found = true;
  while (found && wait.count < count) {
    HANDLE handle = objects[wait.count];
    lw_object *object = lw_handle_is_pseudo_(handle) ? NULL : lw_handle_object_for_(handle, NULL, 0, api);
    if (lw_handle_is_pseudo_(handle)) SetLastError(ERROR_INVALID_HANDLE);
    found = object != NULL;
    if (found) add(&wait, object);
  }
  DWORD result = WAIT_FAILED;
  if (found) result = all && same_object_twice(&wait) ? fail(ERROR_INVALID_PARAMETER) : wait_for(&wait, ms, NULL);
  finish(&wait);
  lw_thread_leave_if_asked_();
  return result;
}

static DWORD wait_for_one(HANDLE _Nullable handle, DWORD ms, BOOL alertable, const char *api) {
  lw_object *object = lw_handle_object_for_(handle, NULL, 0, api);
  if (!object) return WAIT_FAILED;
  multiple_wait wait;
  prepare(&wait, false, alertable);
  add(&wait, object);
  DWORD result = wait_for(&wait, ms, NULL);
  finish(&wait);
  lw_thread_leave_if_asked_();
  return result;
}

DWORD WaitForMultipleObjectsEx(DWORD count, const HANDLE *objects, BOOL all, DWORD ms, BOOL alertable) {
  lw_announced_look_back();
  return wait_for_many(count, objects, all, ms, alertable, __func__);
}

DWORD WaitForMultipleObjects(DWORD count, const HANDLE *objects, BOOL all, DWORD ms) {
  lw_announced_look_back();
  return wait_for_many(count, objects, all, ms, FALSE, __func__);
}

DWORD WaitForSingleObjectEx(HANDLE object, DWORD ms, BOOL alertable) {
  lw_announced_look_back();
  return wait_for_one(object, ms, alertable, __func__);
}

DWORD WaitForSingleObject(HANDLE object, DWORD ms) {
  lw_announced_look_back();
  return wait_for_one(object, ms, FALSE, __func__);
}

/// The object that SignalObjectAndWait signals, with a reference.
static lw_object *_Nullable given_object(HANDLE _Nullable handle) {
  lw_rights rights = 0;
  lw_object *object = lw_handle_any_object_(handle, &rights, "SignalObjectAndWait");
  if (!object) return NULL;
  DWORD error = !object->type->give                   ? ERROR_INVALID_HANDLE
                : object->type->give_access & ~rights ? ERROR_ACCESS_DENIED
                                                      : ERROR_SUCCESS;
  if (error == ERROR_SUCCESS) return object;
  lw_object_release_(object);
  SetLastError(error);
  return NULL;
}

DWORD SignalObjectAndWait(HANDLE given_handle, HANDLE waited_handle, DWORD ms, BOOL alertable) {
  lw_object *given = given_object(given_handle);
  lw_object *waited = given ? lw_handle_object_(waited_handle, NULL) : NULL;
  DWORD result = WAIT_FAILED;
  if (waited) {
    multiple_wait wait;
    prepare(&wait, false, alertable);
    add(&wait, waited);
    result = wait_for(&wait, ms, given);
    finish(&wait);
  }
  if (given) lw_object_release_(given);
  lw_thread_leave_if_asked_();
  return result;
}
