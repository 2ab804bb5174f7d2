// Waiting in the calling thread: WaitForSingleObject and WaitForMultipleObjects.
#include "object.h"
#include "synchapi.h"

/// A thread's wait for up to 64 objects; lives on its stack.
typedef struct multiple_wait {
  lw_sleeper sleeper;
  bool all;
  bool satisfied; ///< decided under the dispatcher lock
  uint32_t count;
  uint32_t index; ///< of the object that satisfied it; the release of the sleeper publishes it
  lw_wait_block blocks[MAXIMUM_WAIT_OBJECTS];
} multiple_wait;

static void unlink_blocks(multiple_wait *wait) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t i = 0; i < wait->count; i++) TAILQ_REMOVE(&wait->blocks[i].object->blocks, &wait->blocks[i], link);
}

static bool all_signalled(const multiple_wait *wait) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t i = 0; i < wait->count; i++)
    if (wait->blocks[i].object->signal <= 0) return false;
  return true;
}

static void consume(multiple_wait *wait, uint32_t index) LW_REQUIRES(lw_dispatcher_) {
  for (uint32_t i = 0; i < wait->count; i++)
    if (wait->all || i == index) lw_object_consume_(wait->blocks[i].object);
  wait->index = wait->all ? 0 : index;
  wait->satisfied = true;
}

static bool satisfy(lw_wait_block *block, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_) {
  multiple_wait *wait = block->waiter;
  if (wait->all && !all_signalled(wait)) return false;
  consume(wait, block->index);
  unlink_blocks(wait);
  lw_wakes_add_(wakes, &wait->sleeper);
  return true;
}

/// Whether the wait is satisfied by what is signalled right now.
static bool satisfied_at_once(multiple_wait *wait) LW_REQUIRES(lw_dispatcher_) {
  if (wait->all) {
    if (!all_signalled(wait)) return false;
    consume(wait, 0);
    return true;
  }
  for (uint32_t i = 0; i < wait->count; i++) {
    if (wait->blocks[i].object->signal <= 0) continue;
    consume(wait, i);
    return true;
  }
  return false;
}

/// Under the lock, at the end of the time: true when nothing came and the wait is off every list.
static bool gave_up(multiple_wait *wait) {
  lw_dispatcher_enter_();
  bool satisfied = wait->satisfied;
  if (!satisfied) unlink_blocks(wait);
  lw_lock_release(&lw_dispatcher_);
  return !satisfied;
}

static DWORD wait_for(multiple_wait *wait, DWORD ms) {
  lw_time deadline = ms == 0 ? 0 : lw_deadline_(ms);
  lw_dispatcher_enter_();
  bool satisfied = satisfied_at_once(wait);
  if (!satisfied && ms != 0)
    for (uint32_t i = 0; i < wait->count; i++)
      TAILQ_INSERT_TAIL(&wait->blocks[i].object->blocks, &wait->blocks[i], link);
  lw_lock_release(&lw_dispatcher_);
  if (satisfied) return WAIT_OBJECT_0 + wait->index;
  if (ms == 0) return WAIT_TIMEOUT;

  const void *object = wait->blocks[0].object;
  if (!lw_sleep_(&wait->sleeper, object, deadline)) {
    if (gave_up(wait)) return WAIT_TIMEOUT;
    lw_sleep_(&wait->sleeper, object, LW_NEVER); // satisfied in the last moment: the release is on its way
  }
  return WAIT_OBJECT_0 + wait->index;
}

static bool same_object_twice(const multiple_wait *wait) {
  for (uint32_t i = 1; i < wait->count; i++)
    for (uint32_t j = 0; j < i; j++)
      if (wait->blocks[i].object == wait->blocks[j].object) return true;
  return false;
}

DWORD WaitForMultipleObjects(DWORD count, const HANDLE *objects, BOOL all, DWORD ms) {
  if (count == 0 || count > MAXIMUM_WAIT_OBJECTS || !objects) {
    SetLastError(ERROR_INVALID_PARAMETER);
    return WAIT_FAILED;
  }
  multiple_wait wait;
  wait.sleeper = lw_sleeper_();
  wait.all = all != FALSE;
  wait.satisfied = false;
  wait.index = 0;
  DWORD result = WAIT_FAILED;
  for (wait.count = 0; wait.count < count; wait.count++) {
    lw_object *object = lw_handle_object_(objects[wait.count], NULL);
    if (!object) break;
    wait.blocks[wait.count] =
        (lw_wait_block){.object = object, .satisfy = satisfy, .waiter = &wait, .index = wait.count};
  }
  if (wait.count == count) {
    if (all && same_object_twice(&wait))
      SetLastError(ERROR_INVALID_PARAMETER);
    else
      result = wait_for(&wait, ms);
  }
  for (uint32_t i = 0; i < wait.count; i++) lw_object_release_(wait.blocks[i].object);
  return result;
}

DWORD WaitForSingleObject(HANDLE object, DWORD ms) { return WaitForMultipleObjects(1, &object, FALSE, ms); }

void Sleep(DWORD ms) {
  lw_time deadline = lw_deadline_(ms);
  static const _Atomic bool nobody_wakes;
  bool counted = ms != 0 && lw_port_thread_waits_();
  lw_park_until(&nobody_wakes, NULL, deadline);
  if (counted) lw_port_thread_goes_on_();
}
