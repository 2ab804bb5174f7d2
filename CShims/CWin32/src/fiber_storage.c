// Values of one's own for each thread, with a callback for what is left of them when the thread ends. (There are no
// fibers here; the name is Windows'.)
#include <stdlib.h>

#include "processthreadsapi.h"
#include "thread.h"

enum { INDICES = 128 };

/// The values of one thread.
typedef struct fiber_values {
  TAILQ_ENTRY(fiber_values) link;
  PVOID _Nullable values[INDICES]; ///< the thread's; another one takes a value under the lock only, when it is freed
} fiber_values;

typedef struct fiber_index {
  bool taken;
  PFLS_CALLBACK_FUNCTION _Nullable callback;
} fiber_index;

static lw_pool pool = LW_POOL(fiber_values);
static lw_lock lock;
static fiber_index indices[INDICES] LW_GUARDED_BY(lock);
static TAILQ_HEAD(, fiber_values) threads LW_GUARDED_BY(lock) = TAILQ_HEAD_INITIALIZER(threads);
static _Thread_local fiber_values *_Nullable own;

/// Calls back about a value that was taken out.
static void leave(PFLS_CALLBACK_FUNCTION _Nullable callback, PVOID _Nullable value) {
  if (callback && value) callback(value);
}

void lw_fiber_storage_thread_ends_(void) {
  if (!own) return;
  for (DWORD index = 0; index < INDICES; index++) {
    lw_lock_acquire(&lock);
    PVOID value = own->values[index];
    own->values[index] = NULL;
    PFLS_CALLBACK_FUNCTION callback = indices[index].callback;
    lw_lock_release_quietly(&lock);
    leave(callback, value);
  }
  lw_lock_acquire(&lock);
  TAILQ_REMOVE(&threads, own, link);
  lw_lock_release_quietly(&lock);
  lw_pool_give(&pool, own);
  own = NULL;
}

DWORD FlsAlloc(PFLS_CALLBACK_FUNCTION callback) {
  static _Atomic bool minds_exit;
  // The thread that ends the program ends too.
  if (!atomic_exchange(&minds_exit, true)) atexit(lw_fiber_storage_thread_ends_);
  lw_lock_acquire(&lock);
  DWORD index = 0;
  while (index < INDICES && indices[index].taken) index++;
  if (index < INDICES) indices[index] = (fiber_index){.taken = true, .callback = callback};
  lw_lock_release_quietly(&lock);
  if (index < INDICES) return index;
  SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  return FLS_OUT_OF_INDEXES;
}

static bool is_taken(DWORD index) {
  lw_lock_acquire(&lock);
  bool taken = index < INDICES && indices[index].taken;
  lw_lock_release_quietly(&lock);
  return taken;
}

PVOID FlsGetValue(DWORD index) {
  // As on Windows, an index is not asked whether it is taken.
  SetLastError(index < INDICES ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER);
  return own && is_taken(index) ? own->values[index] : NULL;
}

/// The calling thread's values, made when there are none.
static fiber_values *_Nullable values_of_thread(void) {
  if (own || !lw_thread_current_()) return own; // the thread's object is what minds its end
  fiber_values *made = lw_pool_take(&pool);
  if (!made) return NULL;
  lw_lock_acquire(&lock);
  TAILQ_INSERT_TAIL(&threads, made, link);
  lw_lock_release_quietly(&lock);
  own = made;
  return made;
}

BOOL FlsSetValue(DWORD index, PVOID value) {
  if (!is_taken(index)) return lw_failed_(ERROR_INVALID_PARAMETER);
  fiber_values *mine = values_of_thread();
  if (!mine) return lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  lw_lock_acquire(&lock);
  mine->values[index] = value;
  lw_lock_release_quietly(&lock);
  return TRUE;
}

/// Takes a value of the index out of some thread; NULL when no thread has one.
static PVOID _Nullable take_any(DWORD index) {
  lw_lock_acquire(&lock);
  fiber_values *thread;
  TAILQ_FOREACH(thread, &threads, link) {
    if (thread->values[index]) break;
  }
  PVOID value = thread ? thread->values[index] : NULL;
  if (thread) thread->values[index] = NULL;
  lw_lock_release_quietly(&lock);
  return value;
}

BOOL FlsFree(DWORD index) {
  lw_lock_acquire(&lock);
  bool taken = index < INDICES && indices[index].taken;
  PFLS_CALLBACK_FUNCTION callback = taken ? indices[index].callback : NULL;
  if (taken) indices[index].callback = NULL; // what is left is called back about here
  lw_lock_release_quietly(&lock);
  if (!taken) return lw_failed_(ERROR_INVALID_PARAMETER);
  PVOID value;
  while ((value = take_any(index))) leave(callback, value);
  lw_lock_acquire(&lock);
  indices[index].taken = false;
  lw_lock_release_quietly(&lock);
  return TRUE;
}
