// Time: the monotonic clock, and what a tick of the time stamp counter is worth. The counter is compared with the raw
// monotonic clock over the span since the program started; that needs no sleep and gets better with every doubling of
// the span until it is good to a millionth.
#include <time.h>

#include "control.h"

/// The counter and the clock, read at the same moment to within one reading of the clock (about 30 ns).
typedef struct reading {
  uint64_t stamp;
  uint64_t ns;
} reading;

enum { NS_PER_S = 1000000000, SPAN_NS_MIN = 20000, SPAN_NS_ENOUGH = 100000000 };

static _Atomic uint64_t start_stamp, start_ns;
/// Nanoseconds per tick, as a fixed point number with 32 fractional bits; 0 while unknown.
static _Atomic uint64_t ns_per_tick;
/// The stamp after which a longer span is worth a new comparison; UINT64_MAX when the ratio is final.
static _Atomic uint64_t compare_again_at;

static uint64_t clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

lw_time lw_clock_now(void) { return lw_member_self_ ? lw_control_now_() : clock_ns(CLOCK_MONOTONIC); }

static reading read_both(void) {
  // Of a few tries the quickest one was not interrupted between the two readings.
  reading best = {0, 0};
  uint64_t best_ticks = UINT64_MAX;
  for (int tries = 0; tries < 3; tries++) {
    uint64_t before = lw_clock_stamp();
    uint64_t ns = clock_ns(CLOCK_MONOTONIC_RAW);
    uint64_t ticks = lw_clock_stamp() - before;
    if (ticks < best_ticks) best_ticks = ticks, best = (reading){.stamp = before + ticks / 2, .ns = ns};
  }
  return best;
}

/// The first reading is taken as early as possible, so that the span is long when somebody asks.
__attribute__((constructor)) static void take_start_reading(void) {
  reading start = read_both();
  atomic_store(&start_stamp, start.stamp);
  atomic_store(&start_ns, start.ns);
}

static uint64_t compare(void) {
  if (atomic_load(&start_ns) == 0) take_start_reading(); // Called by somebody's constructor before ours.
  reading start = {.stamp = atomic_load(&start_stamp), .ns = atomic_load(&start_ns)};
  reading now = read_both();
  if (now.ns - start.ns < SPAN_NS_MIN) {
    // Within the first microseconds of the program the two readings' own error would be more than a hundredth.
    lw_spin_until_(lw_clock_now() + SPAN_NS_MIN);
    now = read_both();
  }
  uint64_t span_ns = now.ns - start.ns, span_ticks = now.stamp - start.stamp;
  uint64_t ratio = (uint64_t)(((unsigned __int128)span_ns << 32) / span_ticks);
  atomic_store(&compare_again_at, span_ns > SPAN_NS_ENOUGH ? UINT64_MAX : now.stamp + span_ticks);
  atomic_store(&ns_per_tick, ratio);
  return ratio;
}

_Thread_local uint64_t lw_clock_last_stamp_;
/// What the ticking clock said before the thread's last stamp.
static _Thread_local uint64_t tick_of_last_stamp;

uint64_t lw_clock_stamp_near(void) {
  uint64_t tick = clock_ns(CLOCK_MONOTONIC_COARSE);
  if (__builtin_expect(tick == tick_of_last_stamp, 1)) return lw_clock_last_stamp_;
  tick_of_last_stamp = tick;
  return lw_clock_last_stamp_ = lw_clock_stamp();
}

uint64_t lw_clock_stamp_difference_ns(uint64_t later, uint64_t earlier) {
  if (later <= earlier) return 0; // Stamps of two processors may be a few ticks apart.
  // relaxed: any value of the two is good to a hundredth; threads may compare at the same time.
  uint64_t ratio = atomic_load_explicit(&ns_per_tick, memory_order_relaxed);
  uint64_t again = atomic_load_explicit(&compare_again_at, memory_order_relaxed);
  if (ratio == 0 || (again != UINT64_MAX && lw_clock_stamp() >= again)) ratio = compare();
  return (uint64_t)(((unsigned __int128)(later - earlier) * ratio) >> 32);
}
