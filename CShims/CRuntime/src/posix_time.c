// Time and sleeping of programs that `tools/cc` builds. Under control a sleep takes no time, and the clocks begin at
// the same moment in every execution: a program that takes its seed from the clock repeats itself.
#include <errno.h>
#include <sched.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "posix_waiting.h"

enum { NS_PER_S = 1000000000, US_PER_S = 1000000 };
/// Real time minus monotonic time, in nanoseconds: the real-time clock begins in September 2001, so that an absolute
/// time tells by itself which of the two clocks it is of.
static const uint64_t REAL_TIME_AHEAD = (uint64_t)1000000000 * NS_PER_S;

static bool is_time(const struct timespec *time) {
  return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < NS_PER_S;
}

static uint64_t nanoseconds(const struct timespec *time) {
  uint64_t most = UINT64_MAX / NS_PER_S - 1, seconds = (uint64_t)time->tv_sec;
  return (seconds < most ? seconds : most) * NS_PER_S + (uint64_t)time->tv_nsec;
}

bool lw_posix_deadline_(const struct timespec *time, lw_time *deadline) {
  if (!is_time(time)) return false;
  uint64_t at = nanoseconds(time);
  *deadline = at < REAL_TIME_AHEAD / 2 ? at : at < REAL_TIME_AHEAD ? 0 : at - REAL_TIME_AHEAD;
  return true;
}

// ---------------------------------------------------------------------------------------------------------- clocks

static bool is_controlled(clockid_t clock) {
  return lw_control_is_member() &&
         (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC ||
          clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_BOOTTIME);
}

int lw_posix_clock_gettime(clockid_t clock, struct timespec *time) {
  if (!is_controlled(clock)) return clock_gettime(clock, time);
  bool is_real = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  uint64_t now = lw_clock_now() + (is_real ? REAL_TIME_AHEAD : 0);
  *time = (struct timespec){.tv_sec = (time_t)(now / NS_PER_S), .tv_nsec = (long)(now % NS_PER_S)};
  return 0;
}

int lw_posix_timespec_get(struct timespec *time, int base) {
  if (base != TIME_UTC) return timespec_get(time, base);
  return lw_posix_clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

time_t lw_posix_time(time_t *_Nullable result) {
  struct timespec now;
  lw_posix_clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

int lw_posix_gettimeofday(struct timeval *_Nullable result, void *_Nullable zone) {
  if (!lw_control_is_member()) return gettimeofday(result, zone);
  struct timespec now;
  lw_posix_clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  return 0;
}

// -------------------------------------------------------------------------------------------------------- sleeping

/// Nothing ends it early.
static void sleep_for(uint64_t ns) {
  static const _Atomic bool never = false;
  lw_time now = lw_clock_now();
  lw_park_until(&never, NULL, ns < LW_NEVER - now ? now + ns : LW_NEVER - 1);
}

int lw_posix_nanosleep(const struct timespec *time, struct timespec *_Nullable left) {
  if (!lw_control_is_member()) return nanosleep(time, left);
  if (!is_time(time)) {
    errno = EINVAL;
    return -1;
  }
  sleep_for(nanoseconds(time));
  return 0;
}

int lw_posix_usleep(useconds_t us) {
  if (!lw_control_is_member()) return usleep(us);
  sleep_for((uint64_t)us * (NS_PER_S / US_PER_S));
  return 0;
}

unsigned lw_posix_sleep(unsigned seconds) {
  if (!lw_control_is_member()) return sleep(seconds);
  sleep_for((uint64_t)seconds * NS_PER_S);
  return 0;
}

void lw_posix_yield_(void) { sleep_for(0); }

int lw_posix_sched_yield(void) {
  if (!lw_control_is_member()) return sched_yield();
  lw_posix_yield_();
  return 0;
}
