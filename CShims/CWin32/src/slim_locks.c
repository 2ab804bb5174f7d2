// Slim reader-writer locks and condition variables. Each is one word of the program's; who waits for it stands in one
// list of the process, oldest first, under one lock. A freed lock is handed over to the oldest that waits for it, and
// to the readers right behind him. The word of a lock that one thread has says which thread.
#include "lw_arena.h"
#include "object.h"
#include "synchapi.h"

enum { EXCLUSIVE = 1, ONE_READER = 2, OWNER_SHIFT = 1 };

/// A thread that waits for a lock or a condition; lives on its stack.
typedef struct slim_waiter {
  TAILQ_ENTRY(slim_waiter) link;
  lw_sleeper sleeper;
  const void *_Nullable object;
  bool is_lock; ///< and not a condition
  bool shared;
  bool listed; ///< until somebody hands it what it waits for
} slim_waiter;

static lw_lock books;
static TAILQ_HEAD(slim_waiters, slim_waiter) waiters LW_GUARDED_BY(&books) = TAILQ_HEAD_INITIALIZER(waiters);

static void enlist(slim_waiter *waiter) LW_REQUIRES(books) {
  waiter->listed = true;
  TAILQ_INSERT_TAIL(&waiters, waiter, link);
}

static void strike(slim_waiter *waiter) LW_REQUIRES(books) {
  waiter->listed = false;
  TAILQ_REMOVE(&waiters, waiter, link);
}

/// The oldest that waits for `object`.
static slim_waiter *_Nullable oldest(const void *object) LW_REQUIRES(books) {
  slim_waiter *waiter;
  TAILQ_FOREACH(waiter, &waiters, link)
  if (waiter->object == object) return waiter;
  return NULL;
}

// ----------------------------------------------------------------------------------------------------------- locks

static bool take(SRWLOCK *lock, bool shared, lw_thread_number thread) LW_REQUIRES(books) {
  lw_will_store(lock, sizeof *lock);
  uintptr_t state = (uintptr_t)lock->Ptr;
  if (shared ? (state & EXCLUSIVE) != 0 : state != 0) return false;
  lock->Ptr = (PVOID)(shared ? state + ONE_READER : (uintptr_t)thread << OWNER_SHIFT | EXCLUSIVE);
  return true;
}

/// Gives the lock back and hands it over.
static void give(SRWLOCK *lock, bool shared, lw_wakes *wakes) LW_REQUIRES(books) {
  lw_will_store(lock, sizeof *lock);
  uintptr_t state = (uintptr_t)lock->Ptr;
  bool held = shared ? state >= ONE_READER && (state & EXCLUSIVE) == 0 : (state & EXCLUSIVE) != 0;
  if (!held) lw_fatal("a thread released a slim reader-writer lock that is not held that way");
  lock->Ptr = (PVOID)(shared ? state - ONE_READER : 0);
  slim_waiter *waiter;
  while ((waiter = oldest(lock)) && take(lock, waiter->shared, waiter->sleeper.thread)) {
    strike(waiter);
    lw_wakes_add_(wakes, &waiter->sleeper);
  }
}

/// The thread that has it alone, if one does.
LW_LOOKS_AT_THE_STILL static lw_thread_number holder(const void *lock) {
  uintptr_t state = (uintptr_t)((const SRWLOCK *)lock)->Ptr;
  return state & EXCLUSIVE ? (lw_thread_number)(state >> OWNER_SHIFT) : 0;
}

/// How many threads have it together.
LW_LOOKS_AT_THE_STILL static uint32_t sharers(const void *lock) {
  uintptr_t state = (uintptr_t)((const SRWLOCK *)lock)->Ptr;
  return state & EXCLUSIVE ? 0 : (uint32_t)(state / ONE_READER);
}

static bool sleep_until(slim_waiter *waiter, lw_time deadline) {
  lw_awaited awaited = {.kind = waiter->is_lock ? "slim lock" : "condition variable",
                        .shown = (uint64_t)(uintptr_t)waiter->object,
                        .relation = "held by",
                        .thread = waiter->is_lock ? holder : NULL,
                        .sharers = waiter->is_lock ? sharers : NULL,
                        .object = waiter->object};
  lw_awaits(&awaited);
  bool released = lw_sleep_(&waiter->sleeper, waiter->object, deadline);
  lw_awaits(NULL);
  return released;
}

static void acquire(SRWLOCK *lock, bool shared) {
  slim_waiter waiter = {.sleeper = lw_sleeper_(), .object = lock, .is_lock = true, .shared = shared};
  lw_point(LW_POINT_LOCK, lock, LW_ACCESS_WRITE);
  lw_lock_acquire(&books);
  bool taken = !oldest(lock) && take(lock, shared, lw_thread_self());
  if (!taken) enlist(&waiter);
  lw_lock_release(&books);
  if (!taken) sleep_until(&waiter, LW_NEVER);
}

static BOOL try_acquire(SRWLOCK *lock, bool shared) {
  lw_point(LW_POINT_LOCK, lock, LW_ACCESS_WRITE);
  lw_lock_acquire(&books);
  bool taken = !oldest(lock) && take(lock, shared, lw_thread_self());
  lw_lock_release(&books);
  return taken;
}

static void release(SRWLOCK *lock, bool shared) {
  lw_wakes wakes = {NULL};
  lw_lock_acquire(&books);
  give(lock, shared, &wakes);
  lw_lock_release(&books);
  lw_wakes_release_(&wakes);
}

void InitializeSRWLock(SRWLOCK *lock) { lock->Ptr = NULL; }
void AcquireSRWLockExclusive(SRWLOCK *lock) { acquire(lock, false); }
void AcquireSRWLockShared(SRWLOCK *lock) { acquire(lock, true); }
BOOLEAN TryAcquireSRWLockExclusive(SRWLOCK *lock) { return (BOOLEAN)try_acquire(lock, false); }
BOOLEAN TryAcquireSRWLockShared(SRWLOCK *lock) { return (BOOLEAN)try_acquire(lock, true); }
void ReleaseSRWLockExclusive(SRWLOCK *lock) { release(lock, false); }
void ReleaseSRWLockShared(SRWLOCK *lock) { release(lock, true); }

// ------------------------------------------------------------------------------------------------------ conditions

/// Sleeps until woken; false at the end of the time.
static bool wait_for(slim_waiter *waiter, DWORD ms) {
  if (sleep_until(waiter, lw_deadline_(ms))) return true;
  lw_lock_acquire(&books);
  bool gave_up = waiter->listed;
  if (gave_up) strike(waiter);
  lw_lock_release(&books);
  if (!gave_up) lw_sleep_(&waiter->sleeper, waiter->object, LW_NEVER); // woken in the last moment
  return !gave_up;
}

void InitializeConditionVariable(CONDITION_VARIABLE *condition) { condition->Ptr = NULL; }

BOOL SleepConditionVariableSRW(CONDITION_VARIABLE *condition, SRWLOCK *lock, DWORD ms, ULONG flags) {
  bool shared = (flags & CONDITION_VARIABLE_LOCKMODE_SHARED) != 0;
  slim_waiter waiter = {.sleeper = lw_sleeper_(), .object = condition};
  lw_wakes wakes = {NULL};
  lw_point(LW_POINT_LOCK, condition, LW_ACCESS_WRITE); // what it waits for may have come since the program looked
  lw_lock_acquire(&books);
  enlist(&waiter);
  give(lock, shared, &wakes);
  lw_lock_release(&books);
  lw_wakes_release_(&wakes);
  bool woken = wait_for(&waiter, ms);
  acquire(lock, shared);
  return woken ? TRUE : lw_failed_(ERROR_TIMEOUT);
}

BOOL SleepConditionVariableCS(CONDITION_VARIABLE *condition, CRITICAL_SECTION *section, DWORD ms) {
  slim_waiter waiter = {.sleeper = lw_sleeper_(), .object = condition};
  lw_point(LW_POINT_LOCK, condition, LW_ACCESS_WRITE); // as above
  lw_lock_acquire(&books);
  enlist(&waiter);
  lw_lock_release(&books);
  LeaveCriticalSection(section);
  bool woken = wait_for(&waiter, ms);
  EnterCriticalSection(section);
  return woken ? TRUE : lw_failed_(ERROR_TIMEOUT);
}

static void wake(CONDITION_VARIABLE *condition, bool all) {
  lw_wakes wakes = {NULL};
  slim_waiter *waiter;
  lw_point(LW_POINT_SIGNAL, condition, LW_ACCESS_WRITE);
  lw_lock_acquire(&books);
  lw_will_store(condition, sizeof *condition);
  while ((waiter = oldest(condition))) {
    strike(waiter);
    lw_wakes_add_(&wakes, &waiter->sleeper);
    if (!all) break;
  }
  lw_lock_release(&books);
  lw_wakes_release_(&wakes);
}

void WakeConditionVariable(CONDITION_VARIABLE *condition) { wake(condition, false); }
void WakeAllConditionVariable(CONDITION_VARIABLE *condition) { wake(condition, true); }
