// One-time initialization. All of it in the process shares one lock and one condition: it is rare and short.
#include "errhandlingapi.h"
#include "object.h"
#include "synchapi.h"

/// What an INIT_ONCE holds while nobody has begun, while somebody is at it, and in the low bits of its context after.
enum { UNTOUCHED = 0, RUNNING = 1, DONE = 2, STATE = 3 };

static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;

void InitOnceInitialize(INIT_ONCE *once) { once->Ptr = (PVOID)UNTOUCHED; }

BOOL InitOnceBeginInitialize(INIT_ONCE *once, DWORD flags, BOOL *pending, LPVOID *context) {
  if (flags & ~INIT_ONCE_CHECK_ONLY) return lw_failed_(ERROR_INVALID_PARAMETER);
  AcquireSRWLockExclusive(&lock);
  bool only_check = (flags & INIT_ONCE_CHECK_ONLY) != 0;
  while (((uintptr_t)once->Ptr & STATE) == RUNNING && !only_check)
    SleepConditionVariableSRW(&changed, &lock, INFINITE, 0);
  bool done = ((uintptr_t)once->Ptr & STATE) == DONE;
  if (done && context) *context = (LPVOID)((uintptr_t)once->Ptr & ~(uintptr_t)STATE);
  if (!done && !only_check) once->Ptr = (PVOID)RUNNING;
  ReleaseSRWLockExclusive(&lock);
  *pending = !done;
  return done || !only_check ? TRUE : lw_failed_(ERROR_GEN_FAILURE);
}

BOOL InitOnceComplete(INIT_ONCE *once, DWORD flags, LPVOID context) {
  bool failed = (flags & INIT_ONCE_INIT_FAILED) != 0, fits = ((uintptr_t)context & STATE) == 0;
  if ((flags & ~INIT_ONCE_INIT_FAILED) || !fits || (failed && context)) return lw_failed_(ERROR_INVALID_PARAMETER);
  AcquireSRWLockExclusive(&lock);
  bool running = ((uintptr_t)once->Ptr & STATE) == RUNNING;
  if (running) once->Ptr = (PVOID)(failed ? UNTOUCHED : (uintptr_t)context | DONE);
  ReleaseSRWLockExclusive(&lock);
  if (!running) return lw_failed_(ERROR_GEN_FAILURE);
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
