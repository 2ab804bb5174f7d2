// GetProcessTimes and GetThreadTimes. What has ended is remembered; of what runs the system is asked.
#include "run_times.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
#include "processthreadsapi.h"

enum { TICKS_PER_SECOND = 10000000, TICKS_PER_US = 10 };

static FILETIME duration(const struct timeval *time) {
  uint64_t ticks = (uint64_t)time->tv_sec * TICKS_PER_SECOND + (uint64_t)time->tv_usec * TICKS_PER_US;
  return (FILETIME){(DWORD)ticks, (DWORD)(ticks >> 32)};
}

bool lw_run_times_hand_out_(const lw_run_times *times, FILETIME *began, FILETIME *ended, FILETIME *kernel,
                            FILETIME *user) {
  if (!began || !ended || !kernel || !user) return lw_failed_(ERROR_NOACCESS);
  *began = times->began;
  *ended = times->ended;
  *kernel = duration(&times->used.ru_stime);
  *user = duration(&times->used.ru_utime);
  return true;
}

struct rusage lw_run_times_used_(int process, int thread) {
  char path[64], line[1024] = "";
  struct rusage used = {0};
  if (thread)
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
  else
    snprintf(path, sizeof path, "/proc/%d/stat", process);
  FILE *file = fopen(path, "re");
  if (!file) return used;
  unsigned long user = 0, kernel = 0;
  // The name in parentheses may hold anything; what follows it are numbers.
  const char *rest = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
  if (rest && sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) == 2) {
    unsigned long per_second = (unsigned long)sysconf(_SC_CLK_TCK);
    used.ru_utime = (struct timeval){(time_t)(user / per_second), (long)(user % per_second * 1000000 / per_second)};
    used.ru_stime = (struct timeval){(time_t)(kernel / per_second), (long)(kernel % per_second * 1000000 / per_second)};
  }
  fclose(file);
  return used;
}

BOOL GetProcessTimes(HANDLE handle, FILETIME *began, FILETIME *ended, FILETIME *kernel, FILETIME *user) {
  lw_process *self =
      (lw_process *)lw_handle_object_for_(handle, &lw_process_type_, PROCESS_QUERY_LIMITED_INFORMATION, __func__);
  if (!self) return FALSE;
  lw_dispatcher_enter_();
  lw_run_times times = self->times;
  bool runs = self->object.signal == 0;
  lw_lock_release(&lw_dispatcher_);
  if (self == lw_process_current_())
    getrusage(RUSAGE_SELF, &times.used);
  else if (runs)
    times.used = lw_run_times_used_((int)self->id, 0);
  lw_object_release_(&self->object);
  return lw_run_times_hand_out_(&times, began, ended, kernel, user);
}

BOOL GetThreadTimes(HANDLE handle, FILETIME *began, FILETIME *ended, FILETIME *kernel, FILETIME *user) {
  lw_thread_object *self =
      (lw_thread_object *)lw_handle_object_for_(handle, &lw_thread_type_, THREAD_QUERY_LIMITED_INFORMATION, __func__);
  if (!self) return FALSE;
  lw_dispatcher_enter_();
  lw_run_times times = self->times;
  bool runs = !self->ended;
  lw_lock_release(&lw_dispatcher_);
  if (runs && self->is_own)
    times.used = lw_run_times_used_(0, atomic_load(&self->stop.system_id));
  else if (runs)
    times.used = lw_run_times_used_((int)self->id, 0);
  lw_object_release_(&self->object);
  return lw_run_times_hand_out_(&times, began, ended, kernel, user);
}
