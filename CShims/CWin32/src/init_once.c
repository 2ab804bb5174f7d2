// One-time initialization. All of it in the process shares one lock and one condition: it is rare and short.
#include "errhandlingapi.h"
#include "object.h"
#include "synchapi.h"

/// What an INIT_ONCE holds while nobody has begun, while one or (INIT_ONCE_ASYNC) any number are at it, and in the low
/// bits of its context after.
enum { UNTOUCHED = 0, RUNNING = 1, DONE = 2, RACING = 3, STATE = 3 };

static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;

void InitOnceInitialize(INIT_ONCE *once) { once->Ptr = (PVOID)UNTOUCHED; }

static uintptr_t state_of(const INIT_ONCE *once) { return (uintptr_t)once->Ptr & STATE; }

BOOL InitOnceBeginInitialize(INIT_ONCE *once, DWORD flags, BOOL *pending, LPVOID *context) {
  bool only_check = flags & INIT_ONCE_CHECK_ONLY, races = flags & INIT_ONCE_ASYNC;
  if (flags & ~(INIT_ONCE_CHECK_ONLY | INIT_ONCE_ASYNC) || (only_check && races))
    return lw_failed_(ERROR_INVALID_PARAMETER);
  AcquireSRWLockExclusive(&lock);
  while (state_of(once) == RUNNING && !only_check && !races) SleepConditionVariableSRW(&changed, &lock, INFINITE, 0);
  uintptr_t state = state_of(once);
  bool done = state == DONE, fits = only_check || done || state == UNTOUCHED || (races && state == RACING);
  if (done && context) *context = (LPVOID)((uintptr_t)once->Ptr & ~(uintptr_t)STATE);
  if (state == UNTOUCHED && !only_check) once->Ptr = (PVOID)(uintptr_t)(races ? RACING : RUNNING);
  ReleaseSRWLockExclusive(&lock);
  if (!fits) return lw_failed_(ERROR_INVALID_PARAMETER);
  if (only_check && !done) return lw_failed_(ERROR_GEN_FAILURE);
  *pending = !done;
  return TRUE;
}

BOOL InitOnceComplete(INIT_ONCE *once, DWORD flags, LPVOID context) {
  bool failed = flags & INIT_ONCE_INIT_FAILED, races = flags & INIT_ONCE_ASYNC;
  bool fits = ((uintptr_t)context & STATE) == 0 && !(failed && (context || races));
  if (!fits || flags & ~(INIT_ONCE_INIT_FAILED | INIT_ONCE_ASYNC)) return lw_failed_(ERROR_INVALID_PARAMETER);
  AcquireSRWLockExclusive(&lock);
  uintptr_t state = state_of(once);
  bool ends = state == RUNNING || (state == RACING && races);
  if (ends) once->Ptr = (PVOID)(failed ? UNTOUCHED : (uintptr_t)context | DONE);
  ReleaseSRWLockExclusive(&lock);
  if (!ends) return lw_failed_(state == RACING ? ERROR_INVALID_PARAMETER : ERROR_GEN_FAILURE);
  WakeAllConditionVariable(&changed);
  return TRUE;
}

BOOL InitOnceExecuteOnce(INIT_ONCE *once, PINIT_ONCE_FN function, PVOID parameter, LPVOID *context) {
  BOOL pending;
  if (!InitOnceBeginInitialize(once, 0, &pending, context)) return FALSE;
  if (!pending) return TRUE;
  LPVOID made = NULL;
  BOOL done = function(once, parameter, &made);
  InitOnceComplete(once, done ? 0 : INIT_ONCE_INIT_FAILED, done ? made : NULL);
  if (done && context) *context = made;
  return done;
}
