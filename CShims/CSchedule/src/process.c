// Ties a process to the one that started it: a worker must not outlive its command, whatever ends that.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "schedule.h"

bool lw_end_with_parent(int32_t parent) {
  // The request first: a parent that ends between the two calls is then noticed by the second.
  return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}
