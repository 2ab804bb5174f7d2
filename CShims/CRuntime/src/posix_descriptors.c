// Calls of programs that `tools/cc` builds that block for a descriptor - pipes, sockets, what poll() waits for - and
// for a child. Under control the thread waits where the controller sees it until the call would not block, and the
// readiness of a descriptor is a choice like any other. A free run passes the calls on.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "posix_waiting.h"

enum { WATCHES_MAX = 64, NS_PER_MS = 1000000 };

/// The two ends of a pipe have different numbers, so whatever is done to descriptors touches all of them.
static char all_descriptors;

/// One wait for descriptors, on the stack of the thread that waits.
typedef struct waiting {
  _Atomic bool done;
  lw_thread_number number;
  bool may_block; ///< there is something that it can wait for
} waiting;

static void look_again(void *context) {
  waiting *self = context;
  lw_thread_number number = self->number;
  atomic_store(&self->done, true); // from here on the record may be gone
  lw_unpark(number);
}

/// A watch for what `polled` asks; NULL when its descriptor cannot be watched. A descriptor can be watched only once:
/// for the second time there is a copy of it, which `*copy` is.
static lw_watch *_Nullable watch(const struct pollfd *polled, waiting *self, int *copy) {
  uint32_t wanted = (polled->events & POLLIN ? LW_READABLE : 0) | (polled->events & POLLOUT ? LW_WRITABLE : 0);
  *copy = -1;
  lw_watch *opened = lw_watch_open(polled->fd, look_again, self);
  if (!opened && errno == EEXIST) {
    *copy = fcntl(polled->fd, F_DUPFD_CLOEXEC, 0);
    opened = lw_watch_open(*copy, look_again, self);
    if (!opened && *copy >= 0) close(*copy);
  }
  if (opened) lw_watch_arm(opened, wanted);
  return opened;
}

/// When a child is ready is no act of the program: only whoever waits may notice it.
static bool has_children(void) { return waitid(P_ALL, 0, NULL, WEXITED | WNOHANG | WNOWAIT) == 0; }

static void end(lw_watch *_Nullable *watches, const int *copies, nfds_t count) {
  for (nfds_t i = 0; i < count; i++) {
    if (!watches[i]) continue;
    lw_watch_end(watches[i]);
    if (copies[i] >= 0) close(copies[i]);
  }
}

/// Waits until one of `count` descriptors is ready, or until `deadline`; what poll() answers.
static int wait_for(struct pollfd *polled, nfds_t count, lw_time deadline) {
  bool may_look = deadline == 0 || !has_children();
  for (;;) {
    lw_touch(&all_descriptors, LW_ACCESS_WRITE);
    int ready = may_look ? poll(polled, count, 0) : 0;
    if (ready != 0 || deadline == 0) return ready;
    waiting self = {.number = lw_thread_self()};
    lw_watch *watches[WATCHES_MAX];
    int copies[WATCHES_MAX];
    nfds_t watched = count < WATCHES_MAX ? count : WATCHES_MAX;
    for (nfds_t i = 0; i < watched; i++) {
      watches[i] = polled[i].fd < 0 ? NULL : watch(&polled[i], &self, &copies[i]);
      self.may_block |= watches[i] != NULL;
    }
    may_look = !self.may_block || lw_park_until(&self.done, NULL, deadline);
    end(watches, copies, watched);
    if (may_look && self.may_block) continue;
    for (nfds_t i = 0; i < count; i++) polled[i].revents = 0;
    return self.may_block ? 0 : poll(polled, count, 0);
  }
}

/// Before a call that may block for `fd`: the point, and the wait where there is one.
static void before(int fd, short events) {
  if (!lw_control_is_member()) return;
  int saved = errno;
  lw_point(LW_POINT_USER, &all_descriptors, LW_ACCESS_WRITE);
  int traits = fcntl(fd, F_GETFL); // behind the point: another file may have come to the number
  struct pollfd polled = {.fd = fd, .events = events};
  if (traits >= 0 && !(traits & O_NONBLOCK)) wait_for(&polled, 1, LW_NEVER);
  errno = saved;
}

/// Behind one that others may have waited for.
static ssize_t after(ssize_t result) {
  lw_point(LW_POINT_UNLOCKED, NULL, LW_ACCESS_READ);
  return result;
}

// ---------------------------------------------------------------------------------------------- reading and writing

ssize_t lw_posix_read(int fd, void *to, size_t bytes) {
  before(fd, POLLIN);
  return read(fd, to, bytes);
}

ssize_t lw_posix_recv(int fd, void *to, size_t bytes, int flags) {
  if (!(flags & MSG_DONTWAIT)) before(fd, POLLIN);
  return recv(fd, to, bytes, flags);
}

ssize_t lw_posix_recvfrom(int fd, void *to, size_t bytes, int flags, struct sockaddr *_Nullable from,
                          socklen_t *_Nullable length) {
  if (!(flags & MSG_DONTWAIT)) before(fd, POLLIN);
  return recvfrom(fd, to, bytes, flags, from, length);
}

int lw_posix_accept(int fd, struct sockaddr *_Nullable peer, socklen_t *_Nullable length) {
  before(fd, POLLIN);
  return accept(fd, peer, length);
}

/// What is more than a pipe has room for is written while others go on.
ssize_t lw_posix_write(int fd, const void *from, size_t bytes) {
  before(fd, POLLOUT);
  bool may_block = bytes > PIPE_BUF && lw_control_is_member();
  if (may_block) lw_outside_begin();
  ssize_t written = write(fd, from, bytes);
  if (may_block) lw_outside_end();
  return after(written);
}

ssize_t lw_posix_send(int fd, const void *from, size_t bytes, int flags) {
  if (!(flags & MSG_DONTWAIT)) before(fd, POLLOUT);
  return after(send(fd, from, bytes, flags));
}

int lw_posix_poll(struct pollfd *polled, nfds_t count, int ms) {
  if (!lw_control_is_member()) return poll(polled, count, ms);
  lw_point(LW_POINT_USER, &all_descriptors, LW_ACCESS_WRITE);
  return wait_for(polled, count, ms < 0 ? LW_NEVER : ms == 0 ? 0 : lw_clock_now() + (lw_time)ms * NS_PER_MS);
}

// --------------------------------------------------------------------------------------------------------- children

pid_t lw_posix_waitpid(pid_t child, int *_Nullable status, int options) {
  if (options & WNOHANG) return waitpid(child, status, options);
  lw_outside_begin();
  pid_t ended = waitpid(child, status, options);
  lw_outside_end();
  return ended;
}

pid_t lw_posix_wait(int *_Nullable status) { return lw_posix_waitpid(-1, status, 0); }
