// The standard library's Mutex (Synchronization) in scenarios under control: whoever finds one taken would sleep in the
// kernel, where the controller does not see him, with the token in his hand. Taking and giving back a free one is
// compiled into the caller (stdlib/public/Synchronization/Mutex/LinuxImpl.swift); what he calls when that does not do
// are two functions of the library, and here are others in their place. They are weak: a program that is linked with
// the library itself, instead of loading it, may keep the library's.
//
// The word is the kernel's: 0, or the number of the thread that has the mutex, with FUTEX_WAITERS when giving it back
// is to be told. Threads that nobody controls wait in the kernel, as they do in the library.
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "posix_waiting.h"

#pragma clang assume_nonnull begin

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT_METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT_METHOD void lock_slow(uint32_t thread, SELF _Atomic uint32_t *mutex);
typedef SWIFT_METHOD void unlock_slow(SELF _Atomic uint32_t *mutex);

__attribute__((weak)) lock_slow lw_swift_lock_slow_ __asm__(LOCK_SLOW);
__attribute__((weak)) unlock_slow lw_swift_unlock_slow_ __asm__(UNLOCK_SLOW);

/// 0, or what the kernel answered; waits until `time` of the real-time clock at most.
static int ask_kernel(_Atomic uint32_t *mutex, int operation, const struct timespec *_Nullable time) {
  int answer;
  do answer = syscall(SYS_futex, mutex, operation | FUTEX_PRIVATE_FLAG, 0, time, NULL, 0) == 0 ? 0 : errno;
  while (answer == EINTR || answer == EAGAIN);
  return answer;
}

/// Takes it, or has whoever holds it tell of its release. Others may wait still, so that is asked for again by each
/// that has waited.
static int attempt(void *word) {
  _Atomic uint32_t *mutex = word;
  uint32_t self = (uint32_t)syscall(SYS_gettid) | FUTEX_WAITERS;
  uint32_t before = 0;
  while (!atomic_compare_exchange_strong(mutex, &before, before == 0 ? self : before | FUTEX_WAITERS)) {
  }
  return before == 0 ? 0 : EBUSY;
}

LW_LOOKS_AT_THE_STILL static int32_t holder(const void *mutex) {
  return (int32_t)(atomic_load((const _Atomic uint32_t *)mutex) & FUTEX_TID_MASK);
}

static int take(void *mutex, const struct timespec *_Nullable time) {
  int answer = ask_kernel(mutex, FUTEX_LOCK_PI, time);
  if (answer != 0 && answer != ETIMEDOUT) lw_fatal("the kernel refuses to lock a Mutex");
  return answer;
}

// The kernel hands a mutex over where no sanitizer sees it; touching the word behind and before says who follows whom.
SWIFT_METHOD void lw_swift_lock_slow_(uint32_t thread, SELF _Atomic uint32_t *mutex) {
  static const lw_posix_kind kind = {"Mutex", attempt, EBUSY, holder, true, take};
  if ((uint32_t)holder((const void *)mutex) == thread) lw_fatal("a thread locks a Mutex that it has locked already");
  if (lw_control_is_bound())
    lw_posix_acquire_(&kind, (void *)mutex, LW_NEVER);
  else
    take((void *)mutex, NULL);
  atomic_load(mutex);
}

SWIFT_METHOD void lw_swift_unlock_slow_(SELF _Atomic uint32_t *mutex) {
  atomic_fetch_or(mutex, 0);
  if (ask_kernel(mutex, FUTEX_UNLOCK_PI, NULL) != 0) lw_fatal("a Mutex is unlocked by a thread that has not locked it");
  lw_posix_released_((const void *)mutex);
}

#pragma clang assume_nonnull end
