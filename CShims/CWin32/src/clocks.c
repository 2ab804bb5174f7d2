// The clocks of Windows: ticks, the fine counter and the time of day, all on the one clock of CSchedule.
#include <time.h>

#include "file_times.h"
#include "fileapi.h"
#include "object.h"
#include "profileapi.h"
#include "sysinfoapi.h"
#include "timezoneapi.h"

enum { NS_PER_MS = 1000000, NS_PER_SECOND = 1000000000, NS_PER_TICK = 100, TICKS_PER_MS = 10000 };
static const uint64_t TICKS_PER_SECOND = 10000000, SECONDS_1601_TO_1970 = 11644473600;

ULONGLONG GetTickCount64(void) { return lw_clock_now() / NS_PER_MS; }
DWORD GetTickCount(void) { return (DWORD)GetTickCount64(); }

BOOL QueryUnbiasedInterruptTime(ULONGLONG *ticks) {
  if (!ticks) return lw_failed_(ERROR_INVALID_PARAMETER);
  *ticks = lw_clock_now() / NS_PER_TICK;
  return TRUE;
}

BOOL QueryPerformanceCounter(LARGE_INTEGER *counter) {
  if (!counter) return lw_failed_(ERROR_NOACCESS);
  counter->QuadPart = (LONGLONG)lw_clock_now();
  return TRUE;
}

BOOL QueryPerformanceFrequency(LARGE_INTEGER *frequency) {
  if (!frequency) return lw_failed_(ERROR_NOACCESS);
  frequency->QuadPart = NS_PER_SECOND;
  return TRUE;
}

// ------------------------------------------------------------------------------------------------------ time of day

static FILETIME filetime(uint64_t ticks) { return (FILETIME){(DWORD)ticks, (DWORD)(ticks >> 32)}; }
static uint64_t ticks_of(const FILETIME *time) { return (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime; }

static time_t seconds_of(uint64_t ticks) { return (time_t)(ticks / TICKS_PER_SECOND) - (time_t)SECONDS_1601_TO_1970; }

FILETIME lw_filetime_of_(const struct timespec *time) {
  return filetime(((uint64_t)time->tv_sec + SECONDS_1601_TO_1970) * TICKS_PER_SECOND +
                  (uint64_t)time->tv_nsec / NS_PER_TICK);
}

struct timespec lw_timespec_of_(const FILETIME *time) {
  uint64_t ticks = ticks_of(time);
  return (struct timespec){.tv_sec = seconds_of(ticks), .tv_nsec = (long)(ticks % TICKS_PER_SECOND) * NS_PER_TICK};
}

/// The time of day at which the monotonic clock was 0, as the first caller found it.
static uint64_t epoch_ns(void) {
  static _Atomic uint64_t epoch;
  // relaxed: a number by itself.
  uint64_t known = atomic_load_explicit(&epoch, memory_order_relaxed);
  if (known) return known;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t found = (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec - lw_clock_now();
  // relaxed: as above; whoever comes second takes what the first one found.
  return atomic_compare_exchange_strong_explicit(&epoch, &known, found, memory_order_relaxed, memory_order_relaxed)
             ? found
             : known;
}

void GetSystemTimeAsFileTime(FILETIME *time) {
  if (!time) return;
  *time = filetime((epoch_ns() + lw_clock_now()) / NS_PER_TICK + SECONDS_1601_TO_1970 * TICKS_PER_SECOND);
}

void GetSystemTimePreciseAsFileTime(FILETIME *time) { GetSystemTimeAsFileTime(time); }

static SYSTEMTIME fields_of(const struct tm *parts, uint64_t ticks) {
  return (SYSTEMTIME){.wYear = (WORD)(parts->tm_year + 1900),
                      .wMonth = (WORD)(parts->tm_mon + 1),
                      .wDayOfWeek = (WORD)parts->tm_wday,
                      .wDay = (WORD)parts->tm_mday,
                      .wHour = (WORD)parts->tm_hour,
                      .wMinute = (WORD)parts->tm_min,
                      .wSecond = (WORD)parts->tm_sec,
                      .wMilliseconds = (WORD)(ticks % TICKS_PER_SECOND / TICKS_PER_MS)};
}

LONG CompareFileTime(const FILETIME *first, const FILETIME *second) {
  return (ticks_of(first) > ticks_of(second)) - (ticks_of(first) < ticks_of(second));
}

BOOL FileTimeToSystemTime(const FILETIME *time, SYSTEMTIME *fields) {
  if (!time || !fields || time->dwHighDateTime >> 31) return lw_failed_(ERROR_INVALID_PARAMETER);
  uint64_t ticks = ticks_of(time);
  time_t seconds = seconds_of(ticks);
  struct tm parts;
  if (!gmtime_r(&seconds, &parts)) return lw_failed_(ERROR_INVALID_PARAMETER);
  *fields = fields_of(&parts, ticks);
  return TRUE;
}

BOOL SystemTimeToFileTime(const SYSTEMTIME *fields, FILETIME *time) {
  if (!fields || !time) return lw_failed_(ERROR_INVALID_PARAMETER);
  struct tm parts = {.tm_year = fields->wYear - 1900,
                     .tm_mon = fields->wMonth - 1,
                     .tm_mday = fields->wDay,
                     .tm_hour = fields->wHour,
                     .tm_min = fields->wMinute,
                     .tm_sec = fields->wSecond};
  struct tm normal = parts;
  time_t seconds = timegm(&normal);
  bool is_time = normal.tm_mon == parts.tm_mon && normal.tm_mday == parts.tm_mday && normal.tm_hour == parts.tm_hour &&
                 normal.tm_min == parts.tm_min && normal.tm_sec == parts.tm_sec && fields->wMilliseconds < 1000 &&
                 fields->wYear >= 1601 && fields->wYear <= 30827;
  if (!is_time) return lw_failed_(ERROR_INVALID_PARAMETER);
  *time = filetime(((uint64_t)seconds + SECONDS_1601_TO_1970) * TICKS_PER_SECOND +
                   (uint64_t)fields->wMilliseconds * TICKS_PER_MS);
  return TRUE;
}

void GetSystemTime(SYSTEMTIME *fields) {
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  FileTimeToSystemTime(&now, fields);
}

void GetLocalTime(SYSTEMTIME *fields) {
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  time_t seconds = seconds_of(ticks_of(&now));
  struct tm parts;
  if (!fields) return;
  localtime_r(&seconds, &parts);
  *fields = fields_of(&parts, ticks_of(&now));
}

/// What local time is ahead of the world's now, in ticks.
static int64_t local_offset(void) {
  time_t now = time(NULL);
  struct tm parts;
  localtime_r(&now, &parts);
  return parts.tm_gmtoff * (int64_t)TICKS_PER_SECOND;
}

static BOOL shift(const FILETIME *from, FILETIME *to, int64_t ticks) {
  if (!from || !to) return lw_failed_(ERROR_INVALID_PARAMETER);
  *to = filetime(ticks_of(from) + (uint64_t)ticks);
  return TRUE;
}

BOOL FileTimeToLocalFileTime(const FILETIME *time, FILETIME *local) { return shift(time, local, local_offset()); }
BOOL LocalFileTimeToFileTime(const FILETIME *local, FILETIME *time) { return shift(local, time, -local_offset()); }
