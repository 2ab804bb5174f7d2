// Everything about order and time. No other module waits, sleeps, spins or locks by itself: whoever controls this
// module controls the order of the whole program. Free running, it is a thin layer over futexes and the monotonic
// clock with seeded random delays; a controller can take over behind the same entries.
//
// Two kinds of call mark what a program does. `lw_point` stands *before* an act and may hand the processor over;
// `lw_event` stands *after* it, records it and never yields. Nothing stands between an act and its event.
//
// The child of a fork() may call nothing here but `lw_fatal`: the poller and every other thread exist in the parent
// only.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lw_annotations.h"

#pragma clang assume_nonnull begin

// ---------------------------------------------------------------------------------------------------------- points

/// What the calling thread is about to do. `X(symbol, name)`; the name is what traces and reports print.
#define LW_POINTS(X)                                                                                                   \
  X(LW_POINT_LOCK, "lock")                                                                                             \
  X(LW_POINT_UNLOCKED, "unlocked")                                                                                     \
  X(LW_POINT_ALLOCATED, "allocated")                                                                                   \
  X(LW_POINT_FREE, "free")                                                                                             \
  X(LW_POINT_LEND, "lend")                                                                                             \
  X(LW_POINT_WRITE, "write")                                                                                           \
  X(LW_POINT_SETTLE, "settle")                                                                                         \
  X(LW_POINT_SIGNAL, "signal")                                                                                         \
  X(LW_POINT_CALLBACK, "callback")                                                                                     \
  X(LW_POINT_POST, "post")                                                                                             \
  X(LW_POINT_DEQUEUE, "dequeue")                                                                                       \
  X(LW_POINT_CANCEL, "cancel")                                                                                         \
  X(LW_POINT_PARK, "park")                                                                                             \
  X(LW_POINT_BEGIN, "begin")                                                                                           \
  X(LW_POINT_USER, "user")

typedef enum __attribute__((enum_extensibility(closed))) lw_point_kind {
#define X(symbol, name) symbol,
  LW_POINTS(X)
#undef X
      LW_POINT_COUNT
} lw_point_kind;

/// How the announced act touches its object; independent acts commute and need no other order to be tried.
typedef enum __attribute__((enum_extensibility(closed))) lw_access { LW_ACCESS_READ, LW_ACCESS_WRITE } lw_access;

/// Non-zero while points do something (delays are on, or a controller runs). Read by `lw_point` and `lw_touch` only.
extern _Atomic uint32_t lw_points_armed_;
void lw_point_slow_(lw_point_kind kind, const void *_Nullable object, lw_access access);
void lw_touch_slow_(const void *object, lw_access access);

/// Announces an act on `object`; may delay the thread or hand the processor over. Costs one relaxed load when
/// nothing listens. Never call it with a lock held.
static inline void lw_point(lw_point_kind kind, const void *_Nullable object, lw_access access) {
  // relaxed: the flag only switches delays on; a late view of it loses nothing.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0, 0))
    lw_point_slow_(kind, object, access);
}

void lw_point_often_slow_(const void *_Nullable object, lw_access access);
/// The same for an act that programs do in great numbers, an atomic operation or a plain access: a controlled thread
/// passes the first LW_OFTEN_POINTS of an execution and then each sixty-fourth.
static inline void lw_point_often(const void *_Nullable object, lw_access access) {
  // relaxed: as in lw_point.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0, 0))
    lw_point_often_slow_(object, access);
}

/// Says that the act since the last point touches `object` too, where no lock and no event says so: for a controller
/// that asks which acts are independent of each other. Never yields.
static inline void lw_touch(const void *object, lw_access access) {
  // relaxed: as in lw_point.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0, 0))
    lw_touch_slow_(object, access);
}

void lw_here_slow_(uint64_t place);
/// Says where in the source the next point or park of the calling thread stands, for whoever reads the steps of a
/// controlled execution. `file` is kept for good: static storage.
static inline void lw_here(const char *file, uint32_t line) {
  // relaxed: as in lw_point. An address of a user's memory has 47 bits; a line beyond 65,535 is that one.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0, 0))
    lw_here_slow_((uint64_t)(uintptr_t)file << 16 | (line < 0xffff ? line : 0xffff));
}

/// The highest bit of a place: the rest is an address in the process's code.
#define LW_PLACE_IS_CODE (1ull << 63)
/// The same by the address that a call returns to.
static inline void lw_here_before(const void *return_address) {
  // relaxed: as in lw_point.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0, 0))
    lw_here_slow_(LW_PLACE_IS_CODE | ((uint64_t)(uintptr_t)return_address - 1));
}

/// The name of a point kind, static storage.
const char *lw_point_name(lw_point_kind kind);

// ----------------------------------------------------------------------------------------------------------- marks

/// Named situations that races are made of. `X(symbol, name)`: a search that never met one has not looked there.
#define LW_MARKS(X)                                                                                                    \
  X(LW_MARK_CANCEL_FIRST, "cancel before the wait fires")                                                              \
  X(LW_MARK_CANCEL_QUEUED, "cancel while the callback is queued")                                                      \
  X(LW_MARK_CANCEL_RUNNING, "cancel while the callback runs")                                                          \
  X(LW_MARK_CANCEL_LATE, "cancel after the callback has returned")                                                     \
  X(LW_MARK_PACKET_OUTLIVES, "packet dequeued after its block was freed")                                              \
  X(LW_MARK_ADDRESS_REUSED, "packet dequeued after its address was reused")

typedef enum __attribute__((enum_extensibility(closed))) lw_mark_kind {
#define X(symbol, name) symbol,
  LW_MARKS(X)
#undef X
      LW_MARK_COUNT
} lw_mark_kind;

void lw_mark_slow_(lw_mark_kind mark);
/// Notes that the program is in a situation, while points do something.
static inline void lw_mark(lw_mark_kind mark) {
  // relaxed: as in lw_point.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0, 0)) lw_mark_slow_(mark);
}
/// Bit n: mark n was met since the process started.
uint64_t lw_marks_met(void);
const char *lw_mark_name(lw_mark_kind mark);

// --------------------------------------------------------------------------------------------------------- choices

/// A decision that is not about threads.
typedef enum __attribute__((enum_extensibility(closed))) lw_choice_kind {
  LW_CHOICE_REUSE,     ///< which free block an allocation takes
  LW_CHOICE_READINESS, ///< which ready outside source is seen first
  LW_CHOICE_USER       ///< a scenario's own
} lw_choice_kind;

/// Returns a number below `count` (which must be at least 1). Free running: from the calling thread's seeded
/// stream, so that the same seed decides the same on the same thread. Under control: one of the first 512.
uint32_t lw_choose(lw_choice_kind kind, const void *_Nullable object, uint32_t count);

// ---------------------------------------------------------------------------------------------------------- delays

/// Seeded random delays at points. Without them the harm of a late write hardly shows (7.5 million waits without
/// a stale write); with them all four kinds appear within a fraction of a second.
typedef struct lw_noise {
  uint64_t seed;        ///< of the execution
  uint32_t one_in;      ///< a delay at one point in this many; 0 turns delays off
  uint32_t spin_ns_max; ///< an ordinary delay is uniform in 0 ... this
  uint32_t long_one_in; ///< one delay in this many is a long one; 0 for none
  uint32_t long_ns_max; ///< a long delay is uniform in 0 ... this, and parks the thread
} lw_noise;

/// Starts (or restarts, for the next execution) delays. Each thread derives its own stream from the seed and its
/// name, so a thread's decisions depend on nothing but the seed and how many points it has passed.
void lw_noise_start(const lw_noise *noise);
void lw_noise_stop(void);
/// Seeds only the streams of `lw_choose`, without delays.
void lw_choices_seed(uint64_t seed);
/// Points passed and delays made since the process started, over all threads; approximate while threads run.
void lw_noise_totals(uint64_t *points, uint64_t *delays);

// --------------------------------------------------------------------------------------------------------- threads

enum { LW_THREAD_NAME_BYTES = 16, LW_THREAD_MAX = 4096 };

/// The small number of a live thread, from 1; recycled after the thread has ended. Index of every per-thread table.
typedef uint32_t lw_thread_number;

/// The calling thread's number. A foreign thread is adopted at its first call under the name the system knows it by.
/// More than LW_THREAD_MAX - 1 live threads end the program with a sentence. In the executable or loaded with it, so
/// that reading it is no call, before which everybody would have to save its registers.
extern _Thread_local lw_thread_number lw_thread_self_ __attribute__((tls_model("initial-exec")));
lw_thread_number lw_thread_adopt_(void);
static inline lw_thread_number lw_thread_self(void) {
  lw_thread_number self = lw_thread_self_;
  return __builtin_expect(self != 0, 1) ? self : lw_thread_adopt_();
}

/// No number above this one has been given to any thread so far.
lw_thread_number lw_thread_highest(void);
/// Names the calling thread (at most 15 bytes are kept), for reports, /proc and its stream of delays.
void lw_thread_set_name(const char *name);
/// Copies the name of thread `number` (live or ended) into `name`, always terminated.
void lw_thread_name(lw_thread_number number, char name[_Nonnull LW_THREAD_NAME_BYTES]);

typedef struct lw_thread lw_thread;
/// Starts a named thread. Returns NULL and sets errno when the system has none left. End it with `lw_thread_join`
/// or give it up with `lw_thread_detach`; exactly one of the two, once.
lw_thread *_Nullable lw_thread_create(const char *name, void (*entry)(void *_Nullable context),
                                      void *_Nullable context);
void lw_thread_join(lw_thread *thread);
void lw_thread_detach(lw_thread *thread);
/// The number of a thread made by `lw_thread_create`; valid until it has been joined or detached.
lw_thread_number lw_thread_number_of(const lw_thread *thread);
/// Has `ended` called on every thread that ends from now on, while it still has its number and, under control, before
/// others run. For one layer above; a second one replaces it.
void lw_thread_at_end(void (*ended)(void));

// --------------------------------------------------------------------------------------------------- time, parking

/// Nanoseconds of the monotonic clock (virtual under control). LW_NEVER is later than any time.
typedef uint64_t lw_time;
#define LW_NEVER UINT64_MAX
lw_time lw_clock_now(void);
/// The raw time stamp of events; ordered per thread, close to ordered between threads. 10 ns where the clock costs 30.
static inline uint64_t lw_clock_stamp(void) { return __builtin_ia32_rdtsc(); }
/// A stamp that is at most one tick of the system's clock (1 to 10 ms) early, and not before any event of the calling
/// thread: the one it used last, unless that clock has ticked since. For acts whose order is known without it: reading
/// the counter stops the processor's work ahead, which costs twice what the reading itself does.
uint64_t lw_clock_stamp_near(void);
/// A difference of two stamps in nanoseconds.
uint64_t lw_clock_stamp_difference_ns(uint64_t later, uint64_t earlier);

typedef enum __attribute__((enum_extensibility(closed))) lw_park_result {
  LW_PARK_UNPARKED, ///< also spurious: the caller looks at its own condition again
  LW_PARK_TIMEOUT
} lw_park_result;

/// Parks the calling thread until `lw_unpark` of its number, or `deadline`. An unpark that came first is not lost:
/// the next park returns at once and consumes it. `object` is what is waited for, as reports name it.
/// No lock of this project may be held.
lw_park_result lw_park(const void *_Nullable object, lw_time deadline);
/// Parks the calling thread until `*done`, which whoever sets it does before he unparks the thread (true), or until
/// `deadline` (false, unless it was set meanwhile). What a thread observes here does not depend on stray unparks. What
/// was done before `*done` was stored with release order happens before the return.
bool lw_park_until(const _Atomic bool *done, const void *_Nullable object, lw_time deadline);
/// The same with two conditions, either of which ends it.
bool lw_park_until_either(const _Atomic bool *done, const _Atomic bool *other, const void *_Nullable object,
                          lw_time deadline);
/// The same for a thread that waits at a completion port: it may do the poller's work meanwhile, and run callbacks.
bool lw_park_and_poll(const _Atomic bool *done, const _Atomic bool *other, const void *_Nullable object,
                      lw_time deadline);
/// Lets thread `number` return from its current or next park. Unparking a thread that has ended, or another thread
/// that got its number, is harmless: every park is in a loop. Async-signal-safe.
void lw_unpark(lw_thread_number number);

// ------------------------------------------------------------------------------------------- locks (and in lw_lock.h)

/// A lock between processes, for sections of some microseconds: a byte of a file that every one of them has opened for
/// itself. It is given back when its holder is killed. Within a process the caller's own lock keeps threads apart.
void lw_process_lock_acquire(int fd);
void lw_process_lock_release(int fd);

// ---------------------------------------------------------------------------------------------------------- poller

/// Readiness of file descriptors (pidfds, sockets, rings) enters through one thread at a time: "lw-poller", started at
/// first use, or a thread in `lw_park_and_poll`.
typedef struct lw_watch lw_watch;
/// What of a descriptor is waited for; any of them also ends by an error or a hang-up.
enum { LW_READABLE = 1, LW_WRITABLE = 2 };
/// Opens a watch on `fd` that waits for nothing yet. Each time it was armed, `ready(context)` is called once on the
/// poller's thread, with no lock held, when `fd` is as wanted; now and then without cause, so it looks for itself.
/// Returns NULL and sets errno when the system refuses (EEXIST: `fd` has a watch already). The caller owns `fd` and
/// keeps it open until the watch has been ended with `lw_watch_end`, which every watch needs, fired or not.
lw_watch *_Nullable lw_watch_open(int fd, void (*ready)(void *_Nullable context), void *_Nullable context);
/// Arms a watch for its next call, also from inside `ready`; `wanted` replaces what it waited for before, 0 disarms.
/// One thread at a time for a watch; a lock may be held.
void lw_watch_arm(lw_watch *watch, uint32_t wanted);
/// How often the descriptor's readiness has changed, as far as the poller has heard.
uint32_t lw_watch_changes(const lw_watch *watch);
/// Says that the caller, who has asked for `changes` before, has found `fd` not ready for `sides`: that it would block,
/// or that it gave less than was asked for. While the poller hears nothing else, arming for these costs no call of the
/// system. Without effect after an end, an error or an urgent byte, where having read all is no sign, and under
/// control.
void lw_watch_exhausted(lw_watch *watch, uint32_t sides, uint32_t changes);
/// Whether all of `sides` were exhausted, and nothing was heard since.
bool lw_watch_is_exhausted(const lw_watch *watch, uint32_t sides);
/// A watch for one call: opened and armed for LW_READABLE.
lw_watch *_Nullable lw_watch_readable(int fd, void (*ready)(void *_Nullable context), void *_Nullable context);
/// Ends the watch and releases it. When it returns, `ready` is not running and will not be called; called from inside
/// `ready` itself it returns at once. Must not be called with a lock that `ready` takes.
void lw_watch_end(lw_watch *watch);

// ------------------------------------------------------------------------------------------------------- the process

/// Has the system end this process (SIGKILL) when process `parent`, or its thread that started this one, ends. False
/// when `parent` is not the parent any more, or the system refuses.
bool lw_end_with_parent(int32_t parent);

/// Keeps the calling thread, and those that it starts from now on, on one of the processors that it may use: the
/// `number`-th, counted round. Waking a thread on another processor costs tens of microseconds, on the same one 1.
/// Without effect where the system does not allow it.
void lw_stay_on_processor(uint32_t number);

/// Ends the program with "latewrite: <sentence>" on standard error and exit code 70; for what no caller can mend.
_Noreturn void lw_fatal(const char *sentence);

#pragma clang assume_nonnull end

#include "lw_lock.h"
#include "lw_pool.h"
#include "lw_trace.h"
