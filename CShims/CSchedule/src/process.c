// What a process tells the system about itself: that it must not outlive the one that started it, whatever ends that,
// and on which processor it stays.
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "schedule.h"

bool lw_end_with_parent(int32_t parent) {
  // The request first: a parent that ends between the two calls is then noticed by the second.
  return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

void lw_stay_on_processor(uint32_t number) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  uint32_t place = number % (uint32_t)CPU_COUNT(&allowed);
  for (int processor = 0; processor < CPU_SETSIZE; processor++) {
    if (!CPU_ISSET(processor, &allowed) || place-- != 0) continue;
    CPU_ZERO(&allowed);
    CPU_SET(processor, &allowed);
    sched_setaffinity(0, sizeof allowed, &allowed);
    return;
  }
}
