// Holding a thread's SIGPIPE back during a call of the host.
#include "unheard_writes.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

typedef struct held_signal {
  sigset_t before; ///< what the thread held back itself
  bool was_there;  ///< one that came before, and stays
} held_signal;

static sigset_t only_pipe(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

static held_signal hold_back(void) {
  held_signal held = {0};
  sigset_t pipe = only_pipe(), waiting;
  pthread_sigmask(SIG_BLOCK, &pipe, &held.before);
  if (sigismember(&held.before, SIGPIPE) == 1 && sigpending(&waiting) == 0)
    held.was_there = sigismember(&waiting, SIGPIPE) == 1;
  return held;
}

/// Takes the signal of a call that has failed with EPIPE away, and holds back what was held back before.
static ssize_t let_go(const held_signal *held, ssize_t result) {
  int error = errno;
  sigset_t pipe = only_pipe();
  const struct timespec now = {0};
  if (result < 0 && error == EPIPE && !held->was_there)
    while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR);
  pthread_sigmask(SIG_SETMASK, &held->before, NULL);
  errno = error;
  return result;
}

ssize_t lw_write_unheard_(int fd, const void *bytes, size_t count) {
  held_signal held = hold_back();
  return let_go(&held, write(fd, bytes, count));
}

ssize_t lw_send_file_unheard_(int to, int from, off_t *position, size_t count) {
  held_signal held = hold_back();
  return let_go(&held, sendfile(to, from, position, count));
}
