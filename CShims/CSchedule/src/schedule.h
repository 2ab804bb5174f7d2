// What the files of this module share. This is also the seam for a controller: everything that makes a thread wait,
// delay, run or read the time goes through the few entries below, so a controlled execution replaces these and leaves
// the data structures around them (tokens, numbers, locks, rings) as they are.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

/// The listeners of points, as bits of `lw_points_armed_`.
enum { LW_ARMED_NOISE = 1, LW_ARMED_CONTROL = 2 };

/// Sleeps while `*word` is `expected`, at most until `deadline`. Returns false when the deadline has passed, true for
/// every other reason: the caller looks at the word again. Keeps errno.
bool lw_futex_wait_(_Atomic uint32_t *word, uint32_t expected, lw_time deadline);
/// Wakes one thread that sleeps on `word`. Keeps errno; async-signal-safe.
void lw_futex_wake_one_(_Atomic uint32_t *word);
/// Has whoever polls look up: a thread that polls while it is parked may have been let go. Keeps errno;
/// async-signal-safe.
void lw_poll_ring_(void);
/// Sleeps until `deadline`, whatever happens meanwhile; takes no token of `lw_unpark`.
void lw_sleep_until_(lw_time deadline);

/// The newest stamp of an event of the calling thread, see lw_clock_stamp_near.
extern _Thread_local uint64_t lw_clock_last_stamp_ __attribute__((tls_model("initial-exec")));

/// The only spinning by time in the project: burns the processor until `deadline`.
void lw_spin_until_(lw_time deadline);
/// Counts a point and perhaps delays the calling thread, as `lw_noise_start` asked for.
void lw_noise_point_(lw_point_kind kind);
/// Whether an act of this kind begins, ends or uses the life of a block or of its loan: there an order matters to it.
static inline bool lw_touches_a_life_(lw_point_kind kind) {
  const uint32_t lives = 1u << LW_POINT_ALLOCATED | 1u << LW_POINT_FREE | 1u << LW_POINT_LEND | 1u << LW_POINT_WRITE |
                         1u << LW_POINT_SETTLE | 1u << LW_POINT_SIGNAL | 1u << LW_POINT_CALLBACK | 1u << LW_POINT_POST |
                         1u << LW_POINT_DEQUEUE | 1u << LW_POINT_CANCEL | 1u << LW_POINT_USER;
  return lives >> kind & 1;
}
/// The next number of the calling thread's stream of choices, below `count`.
uint32_t lw_noise_choose_(uint32_t count);
/// Makes the calling thread derive its streams anew at their next use; its name has changed.
void lw_noise_forget_(void);

/// Whether a thread that `lw_thread_create` made has this number now.
bool lw_thread_is_uncontrolled_(lw_thread_number number);
/// Names a thread that the caller knows to be at rest, for reports.
void lw_thread_rename_(lw_thread_number number, const char *name);
/// The word of thread `number` that holds its unpark, LW_PARK_TOKEN while one waits to be taken.
enum { LW_PARK_TOKEN = 1 };
const _Atomic uint32_t *lw_park_word_(lw_thread_number number);
/// Drops an unpark that came for the number's last owner, or in the last execution.
void lw_park_forget_(lw_thread_number number);

#pragma clang assume_nonnull end
