// What waits for what, in programs under control: threads that the C library would put to sleep park here instead, so
// that the controller knows about it, and whoever changes an object lets them look again. The objects stay the C
// library's own: only the waiting is done elsewhere.
#pragma once

#include <time.h>

#include "lw_arena.h"
#include "lw_awaited.h"
#include "lw_control.h"
#include "lw_schedule.h"
#include "real_calls.h"

#pragma clang assume_nonnull begin

/// The word of a mutex, a condition or a semaphore is about to change. False when it lies in memory that was freed.
static inline bool lw_posix_uses_(const void *object) { return lw_will_store(object, sizeof(int)); }

/// What threads wait for.
typedef struct lw_posix_kind {
  const char *name;
  int (*_Nullable attempt)(void *object);          ///< takes it, or answers that somebody else has it:
  int busy;                                        ///< so
  int32_t (*_Nullable holder)(const void *object); ///< the system's number of the thread that has it alone, or 0
  bool is_held_alone;                              ///< always
  /// Takes it from a thread that nobody controls, as ever: in the system, until `time` of the real-time clock at most.
  /// 0, or what it failed with.
  int (*_Nullable take)(void *object, const struct timespec *_Nullable time);
} lw_posix_kind;

/// One thread that waits; on its own stack, from the entry to the end of the wait.
typedef struct lw_posix_waiter {
  const lw_posix_kind *kind;
  const void *object;
  lw_thread_number number;
  _Atomic bool woken;
  struct lw_posix_waiter *_Nullable next;
} lw_posix_waiter;

/// Enters the calling thread among those that wait for `object`: from here on a wake is not lost.
void lw_posix_enter_(lw_posix_waiter *waiter, const lw_posix_kind *kind, const void *object);
/// Parks until the thread is woken (true) or until `deadline` (false), and ends the wait. With `may_wake` it may return
/// early, as the C library's condition variables do; then true as well.
bool lw_posix_sleep_(lw_posix_waiter *waiter, lw_time deadline, bool may_wake);
/// Ends a wait without sleeping.
void lw_posix_withdraw_(lw_posix_waiter *waiter);
/// Wakes those that wait for `object`, the first come first, at most `most`; returns how many there were.
uint32_t lw_posix_wake_(const void *object, uint32_t most);

/// Attempts until the answer is another one than busy, which it returns, or until `deadline` (ETIMEDOUT). Between two
/// attempts the thread waits for `object`.
int lw_posix_acquire_(const lw_posix_kind *kind, void *object, lw_time deadline);
/// Waits at a condition, `mutex` unlocked meanwhile. 0, what `unlock` or `relock` failed with, or ETIMEDOUT. May return
/// early.
int lw_posix_wait_at_(const void *condition, void *mutex, int (*unlock)(void *mutex), int (*relock)(void *mutex),
                      lw_time deadline);
/// What others waited for at `object` may be there now: after a release of it.
void lw_posix_released_(const void *object);
/// Whether anybody waits here; to be asked behind a release.
bool lw_posix_is_waited_at_(void);

/// Where the calling thread's program made the call that waits; NULL where nobody has to be told.
extern _Thread_local const void *_Nullable lw_posix_caller_;

/// Lets others go on first, if they can; for members.
void lw_posix_yield_(void);

/// The deadline that an absolute time of the real-time or the monotonic clock stands for; false when it is no time.
bool lw_posix_deadline_(const struct timespec *time, lw_time *deadline);

#pragma clang assume_nonnull end
