// What comes from outside of a controlled execution: readiness of descriptors, and threads that no token binds. That a
// descriptor is ready is asked at each decision; when it is noticed is a choice like any other. One member delivers it,
// as the poller does in a free run.
//
// The system is called directly: sanitizers watch the C library's calls, and what the poller reads and writes here is
// ordered by the token, which they cannot see.
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "footprints.h"
#include "poller.h"

enum { SOURCES_MAX = 256 };

typedef struct source {
  lw_watch *watch;
  uint32_t index;
  uint32_t generation;
} source;

/// In the order in which they were added. Touched with the token only, or between executions.
static source sources[SOURCES_MAX];
uint32_t lw_outside_count_;
static struct pollfd descriptors[SOURCES_MAX + 1];
static lw_member *_Nullable poller;
/// Kicks of threads outside are counted here; -1 until the first session.
static _Atomic int kicks = -1;
/// Nobody waits here; it refuses the descriptors that the poller of a free run would refuse.
static int refusing_fd = -1;

LW_UNSEEN static bool can_deliver(void) { return poller && poller->state == LW_MEMBER_POLLING; }

LW_UNSEEN bool lw_outside_is_watched_(void) { return lw_outside_count_ != 0 && can_deliver(); }

LW_UNSEEN static source take_out(uint32_t place) {
  source taken = sources[place];
  lw_outside_count_--;
  for (uint32_t i = place; i < lw_outside_count_; i++) sources[i] = sources[i + 1];
  return taken;
}

LW_UNSEEN lw_member *lw_outside_deliver_(uint32_t place) {
  poller->source = place;
  return poller;
}

/// Goes on only when a ready source was chosen, and runs its callback.
LW_UNSEEN static void deliver_for_ever(void *context) {
  (void)context;
  lw_member *self = lw_member_self_;
  for (;;) {
    self->state = LW_MEMBER_READY;
    lw_footprints_step_(self, LW_ACT_READY + self->source);
    source chosen = take_out(self->source);
    lw_watch_deliver_(chosen.index, chosen.generation, EPOLLIN | EPOLLOUT);
    lw_control_block_(self, LW_MEMBER_POLLING, NULL);
  }
}

// ---------------------------------------------------------------------------------------------------------- watching

/// The poller comes up with the first watch of the session, which must look like any later one: the caller is no member
/// meanwhile, so that it passes no points, and the poller waits from the beginning.
LW_UNSEEN static bool make_poller(void) {
  if (poller) return true;
  lw_member *self = lw_member_self_;
  lw_member_self_ = NULL;
  lw_thread *thread = lw_poller_thread_(deliver_for_ever);
  if (thread) {
    poller = lw_member_of_(lw_thread_number_of(thread));
    poller->state = LW_MEMBER_POLLING;
    lw_thread_detach(thread);
  }
  lw_member_self_ = self;
  return poller != NULL;
}

LW_UNSEEN bool lw_outside_open_(const lw_watch *watch) {
  struct epoll_event nothing = {.events = 0};
  if (syscall(SYS_epoll_ctl, refusing_fd, EPOLL_CTL_ADD, watch->fd, &nothing) != 0) return false;
  if (make_poller()) return true;
  int failed = errno;
  syscall(SYS_epoll_ctl, refusing_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  errno = failed;
  return false;
}

LW_UNSEEN static void forget(const lw_watch *watch) {
  for (uint32_t i = 0; i < lw_outside_count_; i++)
    if (sources[i].watch == watch) take_out(i--);
}

LW_UNSEEN bool lw_outside_arm_(lw_watch *watch, uint32_t index) {
  forget(watch);
  if (watch->wanted == 0) return true;
  if (lw_outside_count_ == SOURCES_MAX) {
    errno = ENOMEM;
    return false;
  }
  lw_controller_.course.end = 0;
  sources[lw_outside_count_++] = (source){.watch = watch, .index = index, .generation = watch->generation};
  return true;
}

LW_UNSEEN void lw_outside_remove_(const lw_watch *watch) {
  syscall(SYS_epoll_ctl, refusing_fd, EPOLL_CTL_DEL, watch->fd, NULL); // fails where the owner has closed it
  forget(watch);
}

// ---------------------------------------------------------------------------------------------------- asking, waiting

/// Asks for `count` sources from `place` on; with the kicks behind them. False when `ns` have passed without an answer;
/// UINT64_MAX is for ever.
LW_UNSEEN static bool ask(uint32_t place, uint32_t count, uint64_t ns) {
  struct timespec most = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};
  for (uint32_t i = 0; i < count; i++) {
    const lw_watch *watch = sources[place + i].watch;
    short events = watch->wanted & LW_READABLE ? POLLIN | POLLRDHUP : 0;
    if (watch->wanted & LW_WRITABLE) events |= POLLOUT;
    descriptors[i] = (struct pollfd){.fd = watch->fd, .events = events};
  }
  descriptors[count] = (struct pollfd){.fd = atomic_load(&kicks), .events = POLLIN};
  long answers = syscall(SYS_ppoll, descriptors, (unsigned long)count + (ns != 0), ns == UINT64_MAX ? NULL : &most,
                         NULL, (size_t)0);
  for (uint32_t i = 0; answers < 0 && i < count; i++) descriptors[i].revents = 0; // interrupted: asked again soon
  return answers != 0;
}

LW_UNSEEN uint32_t lw_outside_ready_(uint16_t *places, uint32_t most) {
  if (!lw_outside_is_watched_()) return 0;
  int saved = errno;
  ask(0, lw_outside_count_, 0);
  errno = saved;
  uint32_t count = 0;
  for (uint32_t i = 0; i < lw_outside_count_ && count < most; i++)
    if (descriptors[i].revents != 0) places[count++] = (uint16_t)i;
  return count;
}

LW_UNSEEN bool lw_outside_is_awaited_(const lw_deviation *wanted) {
  if (wanted->turn == LW_TURN_RUN && wanted->value < LW_MEMBERS_MAX) {
    const lw_member *member = &lw_members_[wanted->value];
    return member->state == LW_MEMBER_OUTSIDE && !atomic_load(&member->returned);
  }
  if (wanted->turn != LW_TURN_READY || !lw_outside_is_watched_() || wanted->value >= lw_outside_count_) return false;
  int saved = errno;
  ask(wanted->value, 1, 0);
  errno = saved;
  return descriptors[0].revents == 0;
}

LW_UNSEEN bool lw_outside_has_children_(void) {
  int saved = errno;
  bool has = syscall(SYS_waitid, P_ALL, 0, NULL, WEXITED | WNOHANG | WNOWAIT, NULL) == 0;
  errno = saved;
  return has;
}

/// Of what is no pipe and no socket nobody knows.
LW_UNSEEN static bool is_near(int fd) {
  struct stat status;
  if (fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode)) return fd > STDERR_FILENO;
  union {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_storage room;
  } name = {.any.sa_family = AF_UNSPEC};
  socklen_t bytes = sizeof name;
  if (syscall(SYS_getsockname, fd, &name, &bytes) != 0) return false;
  if (name.any.sa_family == AF_INET) return ntohl(name.in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  return name.any.sa_family == AF_UNIX || (name.any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&name.in6.sin6_addr));
}

LW_UNSEEN bool lw_outside_is_near_(void) {
  int saved = errno;
  uint32_t place = 0;
  while (place < lw_outside_count_ && is_near(sources[place].watch->fd)) place++;
  errno = saved;
  return place == lw_outside_count_;
}

static _Atomic bool is_waited_for;
LW_UNSEEN bool lw_outside_is_waited_for_(void) {
  bool is_left = atomic_load(&lw_controller_.progress) == LW_PROGRESS_LEFT;
  return atomic_load(&is_waited_for) || (is_left && lw_outside_has_children_());
}

LW_UNSEEN bool lw_outside_wait_(const lw_deviation *wanted, uint64_t ns) {
  int saved = errno;
  uint64_t kicked;
  uint32_t count = lw_outside_is_watched_() ? lw_outside_count_ : 0;
  if (wanted) count = wanted->turn == LW_TURN_READY;
  atomic_store(&is_waited_for, true);
  bool in_time = ask(wanted && count ? wanted->value : 0, count, ns == 0 ? UINT64_MAX : ns);
  atomic_store(&is_waited_for, false);
  syscall(SYS_read, atomic_load(&kicks), &kicked, sizeof kicked); // never blocks
  errno = saved;
  return in_time;
}

void lw_outside_begin_session_(void) {
  int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  refusing_fd = epoll_create1(EPOLL_CLOEXEC);
  if (made < 0 || refusing_fd < 0) lw_fatal("there is no descriptor left for a controlled session");
  atomic_store(&kicks, made);
}

LW_UNSEEN void lw_control_kick_(void) {
  int saved = errno;
  atomic_fetch_add(&lw_controller_.kicks, 1);
  const uint64_t one = 1;
  syscall(SYS_write, atomic_load(&kicks), &one, sizeof one); // a full counter is a kick that waits already
  errno = saved;
}
