// Readiness of file descriptors. One thread sits in epoll_wait (seat.c says which); a watch is armed for one shot, its
// callback runs on that thread with no lock held, and ending a watch waits for a callback that is running. An event
// that the poller has already taken from the kernel may belong to a watch that has been ended and reused since: events
// carry the watch's index and generation, never its address.
//
// The kernel tells changes (EPOLLET). To arm a watch is to ask it how things are now - unless whoever arms has found
// out that the descriptor is not ready, and no change was told since: then there is nothing to ask, and a socket that
// is read to its end each time costs no call but the waiting and the reading.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "poller.h"

enum { WATCHES_MAX = 1 << 20, NS_PER_MS = 1000000, MS_MAX = 1000000000 };

static pthread_once_t poller_once = PTHREAD_ONCE_INIT;
static int poller_errno;
static int epoll_fd = -1;
static int bell_fd = -1; ///< in the set too, with the name 0: whoever polls is to look up
static lw_thread_number poller_number;
/// The calling thread is inside a callback.
static _Thread_local bool delivers;

static lw_lock poller_lock;
static lw_watch *watches;
static uint32_t first_free LW_GUARDED_BY(&poller_lock); ///< 0 is no watch
static uint32_t watches_used LW_GUARDED_BY(&poller_lock);

// ------------------------------------------------------------------------------------------------- the poller's thread

/// The sides that epoll's events are about. An end or an error is news for both; an urgent byte lets nobody go on.
static uint32_t sides_of(uint32_t events) {
  if (events & (EPOLLERR | EPOLLHUP)) return LW_READABLE | LW_WRITABLE;
  uint32_t sides = events & (EPOLLIN | EPOLLRDHUP) ? LW_READABLE : 0;
  return events & EPOLLOUT ? sides | LW_WRITABLE : sides;
}

/// Takes down what the system tells.
static void note_change(lw_watch *watch, uint32_t events) LW_REQUIRES(poller_lock) {
  watch->ends = (events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) != 0;
  watch->urgent |= (events & EPOLLPRI) != 0;
  // relaxed, here and below: whoever is told reads them under the lock, others may be late.
  uint32_t left = atomic_load_explicit(&watch->exhausted, memory_order_relaxed) & ~sides_of(events);
  atomic_store_explicit(&watch->exhausted, left, memory_order_relaxed);
  uint32_t changes = atomic_load_explicit(&watch->changes, memory_order_relaxed);
  atomic_store_explicit(&watch->changes, changes + 1, memory_order_relaxed);
}

void lw_watch_deliver_(uint32_t index, uint32_t generation, uint32_t events) {
  lw_watch *watch = &watches[index];
  lw_lock_acquire(&poller_lock);
  bool valid = watch->generation == generation;
  if (valid) note_change(watch, events);
  valid = valid && (watch->wanted & sides_of(events)) != 0;
  if (valid) {
    watch->wanted = 0;
    watch->running = true;
  }
  void (*ready)(void *) = watch->ready;
  void *context = watch->context;
  lw_lock_release_quietly(&poller_lock);
  if (!valid) return;

  delivers = true;
  ready(context);
  delivers = false;

  lw_lock_acquire(&poller_lock);
  lw_thread_number ender = 0;
  if (watch->generation == generation) { // Not ended from inside the callback.
    watch->running = false;
    ender = watch->ender;
  }
  lw_lock_release_quietly(&poller_lock);
  if (ender != 0) lw_unpark(ender);
}

/// The time to a deadline as epoll_wait wants it: a started millisecond counts, and -1 is for ever.
static int milliseconds_to(lw_time deadline) {
  if (deadline == LW_NEVER || deadline == 0) return deadline == 0 ? 0 : -1;
  lw_time now = lw_clock_now(), left = deadline > now ? deadline - now : 0;
  return (int)(left / NS_PER_MS < MS_MAX ? (left + NS_PER_MS - 1) / NS_PER_MS : MS_MAX);
}

bool lw_poll_wait_(lw_ready *ready, lw_time deadline) {
  int saved = errno;
  ready->count = epoll_wait(epoll_fd, ready->events, LW_READY_MAX, milliseconds_to(deadline));
  if (ready->count < 0 && errno != EINTR) lw_fatal("the poller cannot wait for file descriptors any more");
  errno = saved;
  return deadline == LW_NEVER || lw_clock_now() < deadline;
}

void lw_poll_look_(lw_ready *ready) {
  int saved = errno;
  ready->count = epoll_wait(epoll_fd, ready->events, LW_READY_MAX, 0);
  errno = saved;
}

void lw_poll_deliver_(const lw_ready *ready) {
  int saved = errno;
  for (int i = 0; i < ready->count; i++) {
    uint64_t name = ready->events[i].data.u64;
    if (name != 0) lw_watch_deliver_((uint32_t)name, (uint32_t)(name >> 32), ready->events[i].events);
  }
  errno = saved;
}

void lw_poll_once_(lw_time deadline) {
  lw_ready ready;
  lw_poll_wait_(&ready, deadline);
  lw_poll_deliver_(&ready);
}

void lw_poll_ring_(void) {
  int saved = errno;
  const uint64_t one = 1;
  // Nobody reads it: each write is an edge, and the counter is larger than all of them.
  ssize_t ignored = write(bell_fd, &one, sizeof one);
  (void)ignored;
  errno = saved;
}

lw_thread_number lw_poller_number_(void) { return poller_number; }

static void poll_for_ever(void *context) {
  (void)context;
  for (;;) {
    lw_poll_once_(LW_NEVER);
    lw_seat_share_();
  }
}

lw_thread *lw_poller_thread_(void (*entry)(void *context)) {
  // The program's signals are for the program's threads: the poller inherits a mask that blocks them all.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  lw_thread *thread = lw_thread_create("lw-poller", entry, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return thread;
}

static void start_poller(void) {
  watches = lw_pages_reserve(sizeof(lw_watch) * WATCHES_MAX);
  epoll_fd = watches ? epoll_create1(EPOLL_CLOEXEC) : -1;
  bell_fd = epoll_fd >= 0 ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
  struct epoll_event bell = {.events = EPOLLIN | EPOLLET, .data.u64 = 0};
  if (bell_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, bell_fd, &bell) != 0) {
    poller_errno = errno;
    return;
  }
  if (lw_control_is_on()) return; // then readiness is a choice, and a member delivers it
  lw_thread *thread = lw_poller_thread_(poll_for_ever);
  poller_errno = thread ? 0 : errno;
  if (!thread) return;
  poller_number = lw_thread_number_of(thread);
  lw_thread_detach(thread);
}

// ------------------------------------------------------------------------------------------------------------- watches

static lw_watch *_Nullable watch_take(void) LW_REQUIRES(poller_lock) {
  uint32_t index = first_free;
  if (index != 0)
    first_free = watches[index].next;
  else if (watches_used + 1 < WATCHES_MAX)
    index = ++watches_used;
  return index != 0 ? &watches[index] : NULL;
}

static void watch_give(lw_watch *watch) LW_REQUIRES(poller_lock) {
  watch->generation++;
  watch->running = false;
  watch->wanted = 0;
  watch->next = first_free;
  first_free = (uint32_t)(watch - watches);
}

static uint64_t name_of(const lw_watch *watch) LW_REQUIRES(poller_lock) {
  return (uint64_t)watch->generation << 32 | (uint32_t)(watch - watches);
}

/// What the kernel is asked for; errors and hang-ups it tells by itself.
static struct epoll_event event_of(uint64_t name, uint32_t sides) {
  uint32_t events = EPOLLET;
  if (sides & LW_READABLE) events |= EPOLLIN | EPOLLRDHUP | EPOLLPRI;
  if (sides & LW_WRITABLE) events |= EPOLLOUT;
  return (struct epoll_event){.events = events, .data.u64 = name};
}

/// Makes the watch known to the kernel or to the controller.
static bool begin(lw_watch *watch, uint64_t name, uint32_t wanted) {
  struct epoll_event event = event_of(name, wanted);
  if (!watch->controlled) return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) == 0;
  if (!lw_outside_open_(watch)) return false;
  if (wanted == 0 || lw_outside_arm_(watch, (uint32_t)name)) return true;
  int failed = errno;
  lw_outside_remove_(watch);
  errno = failed;
  return false;
}

static lw_watch *_Nullable open_watch(int fd, void (*ready)(void *context), void *context, uint32_t wanted) {
  pthread_once(&poller_once, start_poller);
  if (poller_errno != 0) {
    errno = poller_errno;
    return NULL;
  }
  lw_lock_acquire(&poller_lock);
  lw_watch *watch = watch_take();
  uint64_t name = 0;
  if (watch) {
    watch->fd = fd;
    watch->ready = ready;
    watch->context = context;
    watch->ender = 0;
    watch->wanted = wanted;
    watch->told = wanted;
    watch->ends = watch->urgent = false;
    // relaxed: nobody has the watch yet.
    atomic_store_explicit(&watch->exhausted, 0, memory_order_relaxed);
    watch->controlled = lw_control_is_on();
    name = name_of(watch);
  }
  lw_lock_release_quietly(&poller_lock);
  if (!watch) {
    errno = ENOMEM;
    return NULL;
  }
  if (begin(watch, name, wanted)) return watch;
  int failed = errno;
  lw_lock_acquire(&poller_lock);
  watch_give(watch);
  lw_lock_release_quietly(&poller_lock);
  errno = failed;
  return NULL;
}

lw_watch *lw_watch_open(int fd, void (*ready)(void *context), void *context) {
  return open_watch(fd, ready, context, 0);
}

lw_watch *lw_watch_readable(int fd, void (*ready)(void *context), void *context) {
  return open_watch(fd, ready, context, LW_READABLE);
}

void lw_watch_arm(lw_watch *watch, uint32_t wanted) {
  lw_lock_acquire(&poller_lock);
  watch->wanted = wanted;
  uint64_t name = name_of(watch);
  // Sides that nobody waits for are told on until one is asked about.
  // relaxed, both: under the lock.
  uint32_t exhausted = atomic_load_explicit(&watch->exhausted, memory_order_relaxed);
  bool asks = (wanted & ~exhausted) != 0;
  if (asks) {
    watch->told = wanted;
    atomic_store_explicit(&watch->exhausted, exhausted & wanted, memory_order_relaxed);
  }
  lw_lock_release_quietly(&poller_lock);
  // An event of an earlier arming that the poller has in its hands may call too early, and take what is wanted with it;
  // then the callback arms again if it still waits for something.
  if (!watch->controlled) {
    struct epoll_event event = event_of(name, wanted);
    if (asks) epoll_ctl(epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
  } else if (!lw_outside_arm_(watch, (uint32_t)name)) {
    lw_fatal("a controlled execution watches more than 256 descriptors");
  }
}

uint32_t lw_watch_changes(const lw_watch *watch) {
  // acquire: what the caller finds out about the descriptor it finds out afterwards.
  return atomic_load_explicit(&watch->changes, memory_order_acquire);
}

void lw_watch_exhausted(lw_watch *watch, uint32_t sides, uint32_t changes) {
  lw_lock_acquire(&poller_lock);
  // relaxed, all: under the lock, and as in lw_watch_deliver_.
  bool holds = atomic_load_explicit(&watch->changes, memory_order_relaxed) == changes && !watch->ends && !watch->urgent;
  uint32_t now = atomic_load_explicit(&watch->exhausted, memory_order_relaxed) | (sides & watch->told);
  if (holds && !watch->controlled) atomic_store_explicit(&watch->exhausted, now, memory_order_relaxed);
  lw_lock_release_quietly(&poller_lock);
}

bool lw_watch_is_exhausted(const lw_watch *watch, uint32_t sides) {
  // relaxed: arming looks again, under the lock.
  return (sides & ~atomic_load_explicit(&watch->exhausted, memory_order_relaxed)) == 0;
}

void lw_watch_end(lw_watch *watch) {
  // No new events from here on. The descriptor may have been closed by a careless owner; then nothing is left to do.
  if (watch->controlled)
    lw_outside_remove_(watch);
  else
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  lw_lock_acquire(&poller_lock);
  while (watch->running && !delivers) {
    watch->ender = lw_thread_self();
    lw_lock_release_quietly(&poller_lock);
    lw_park(watch, LW_NEVER);
    lw_lock_acquire(&poller_lock);
  }
  watch_give(watch);
  lw_lock_release_quietly(&poller_lock);
}
