// What comes from outside of a controlled execution: readiness of descriptors, and threads that no token binds. That a
// descriptor is ready is asked at each decision; when it is noticed is a choice like any other. One member delivers it,
// as the poller does in a free run.
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "poller.h"

enum { SOURCES_MAX = 256 };

typedef struct source {
  lw_watch *watch;
  uint32_t index;
  uint32_t generation;
} source;

/// In the order in which they were added. Touched with the token only, or between executions.
static source sources[SOURCES_MAX];
static uint32_t source_count;
static struct pollfd descriptors[SOURCES_MAX + 1];
static lw_member *_Nullable poller;
/// Kicks of threads outside are counted here; -1 until the first session.
static _Atomic int kicks = -1;

LW_UNSEEN lw_member *lw_outside_poller_(void) { return poller; }
LW_UNSEEN bool lw_outside_is_watched_(void) { return source_count != 0; }

LW_UNSEEN static void take_out(uint32_t place) {
  source_count--;
  for (uint32_t i = place; i < source_count; i++) sources[i] = sources[i + 1];
}

/// Goes on only when a ready source was chosen, and runs its callback.
static void deliver_for_ever(void *context) {
  (void)context;
  for (;;) {
    lw_control_block_(lw_member_self_, LW_MEMBER_POLLING, NULL);
    source chosen = sources[lw_member_self_->source];
    take_out(lw_member_self_->source);
    lw_watch_deliver_(chosen.index, chosen.generation);
  }
}

bool lw_outside_add_(lw_watch *watch, uint32_t index) {
  if (source_count == SOURCES_MAX) {
    errno = ENOMEM;
    return false;
  }
  if (!poller) {
    lw_thread *thread = lw_thread_create("lw-poller", deliver_for_ever, NULL);
    if (!thread) return false;
    poller = &lw_members_[lw_control_member_of(lw_thread_number_of(thread))];
    lw_thread_detach(thread);
  }
  sources[source_count++] = (source){.watch = watch, .index = index, .generation = watch->generation};
  return true;
}

void lw_outside_remove_(const lw_watch *watch) {
  for (uint32_t i = 0; i < source_count; i++)
    if (sources[i].watch == watch) take_out(i--);
}

/// Asks for all sources at once; with the kicks behind them when there is time to wait.
LW_UNSEEN static void ask(int milliseconds) {
  for (uint32_t i = 0; i < source_count; i++)
    descriptors[i] = (struct pollfd){.fd = sources[i].watch->fd, .events = POLLIN | POLLRDHUP};
  descriptors[source_count] = (struct pollfd){.fd = atomic_load(&kicks), .events = POLLIN};
  if (poll(descriptors, source_count + (milliseconds != 0), milliseconds) >= 0) return;
  for (uint32_t i = 0; i < source_count; i++) descriptors[i].revents = 0;
}

LW_UNSEEN uint32_t lw_outside_ready_(uint16_t *places, uint32_t most) {
  if (source_count == 0) return 0;
  ask(0);
  uint32_t count = 0;
  for (uint32_t i = 0; i < source_count && count < most; i++)
    if (descriptors[i].revents != 0) places[count++] = (uint16_t)i;
  return count;
}

LW_UNSEEN void lw_outside_wait_(void) {
  uint64_t count;
  ask(-1);
  ssize_t read_bytes = read(atomic_load(&kicks), &count, sizeof count); // never blocks
  (void)read_bytes;
}

void lw_outside_begin_session_(void) {
  int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made < 0) lw_fatal("there is no descriptor left for a controlled session");
  atomic_store(&kicks, made);
}

void lw_control_kick_(void) {
  int saved = errno;
  const uint64_t one = 1;
  ssize_t written = write(atomic_load(&kicks), &one, sizeof one);
  (void)written; // a full counter is a kick that waits already
  errno = saved;
}
