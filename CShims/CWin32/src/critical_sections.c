// Critical sections: a lock of CSchedule, made recursive.
#include "lw_arena.h"
#include "object.h"
#include "synchapi.h"

_Static_assert(sizeof(lw_lock) == sizeof((CRITICAL_SECTION){0}.lock_), "a critical section has room for its lock");

static lw_lock *lock_of(CRITICAL_SECTION *section) { return (lw_lock *)section->lock_; }
static HANDLE self(void) { return (HANDLE)(uintptr_t)lw_thread_self(); }

static bool is_owner(CRITICAL_SECTION *section) {
  // relaxed: a thread finds itself here only if it wrote it itself.
  return __atomic_load_n(&section->OwningThread, __ATOMIC_RELAXED) == self();
}

static void set_owner(CRITICAL_SECTION *section, HANDLE _Nullable owner) {
  // relaxed: see is_owner.
  __atomic_store_n(&section->OwningThread, owner, __ATOMIC_RELAXED);
}

static void enter_again(CRITICAL_SECTION *section) {
  section->RecursionCount++;
  section->LockCount = section->RecursionCount - 1;
}

static void enter_first(CRITICAL_SECTION *section) {
  set_owner(section, self());
  enter_again(section);
}

void InitializeCriticalSection(CRITICAL_SECTION *section) {
  *section = (CRITICAL_SECTION){.LockCount = -1};
  lw_lock_share(lock_of(section));
}

BOOL InitializeCriticalSectionAndSpinCount(CRITICAL_SECTION *section, DWORD spin_count) {
  InitializeCriticalSection(section);
  section->SpinCount = spin_count;
  return TRUE;
}

BOOL InitializeCriticalSectionEx(CRITICAL_SECTION *section, DWORD spin_count, DWORD flags) {
  (void)flags;
  return InitializeCriticalSectionAndSpinCount(section, spin_count);
}

DWORD SetCriticalSectionSpinCount(CRITICAL_SECTION *section, DWORD spin_count) {
  DWORD before = (DWORD)section->SpinCount;
  section->SpinCount = spin_count;
  return before;
}

/// Freed memory is told of and is no critical section any more: nobody would ever leave it.
void EnterCriticalSection(CRITICAL_SECTION *section) LW_NO_THREAD_SAFETY_ANALYSIS {
  if (!lw_will_store(section, sizeof *section)) return;
  if (is_owner(section)) {
    enter_again(section);
    return;
  }
  if (!lw_runs_for_port_ || !lw_lock_try_acquire(lock_of(section))) {
    bool counted = lw_port_thread_waits_();
    lw_lock_acquire(lock_of(section));
    if (counted) lw_port_thread_goes_on_();
  }
  enter_first(section);
}

BOOL TryEnterCriticalSection(CRITICAL_SECTION *section) LW_NO_THREAD_SAFETY_ANALYSIS {
  if (is_owner(section)) {
    enter_again(section);
    return TRUE;
  }
  if (!lw_lock_try_acquire(lock_of(section))) return FALSE;
  enter_first(section);
  return TRUE;
}

void LeaveCriticalSection(CRITICAL_SECTION *section) LW_NO_THREAD_SAFETY_ANALYSIS {
  if (!lw_will_store(section, sizeof *section)) return;
  if (!is_owner(section)) lw_fatal("a thread left a critical section that it does not own");
  section->RecursionCount--;
  section->LockCount = section->RecursionCount - 1;
  if (section->RecursionCount > 0) return;
  set_owner(section, NULL);
  lw_lock_release(lock_of(section));
}

void DeleteCriticalSection(CRITICAL_SECTION *section) { InitializeCriticalSection(section); }
