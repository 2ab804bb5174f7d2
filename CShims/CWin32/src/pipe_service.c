// Serving a pipe end to another process: a thread of its own hears what is asked and says what has ended. It alone
// sends, so an operation is answered before its end is told; whoever completes one never waits for the other process.
//
// When this process ends, what the other end has left in the queue is sent along: on Windows it outlives its writer.
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lw_control.h"
#include "pipe_service_parts.h"

static lw_pool pool = LW_POOL(lw_pipe_service);
static lw_lock services_lock;
static TAILQ_HEAD(, lw_pipe_service) services LW_GUARDED_BY(services_lock) = TAILQ_HEAD_INITIALIZER(services);
static bool minds_exit LW_GUARDED_BY(services_lock);

void lw_pipe_service_release_(lw_pipe_service *self) {
  // acquire and release: all uses happen before it is given back.
  if (atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) != 1) return;
  close(self->wake);
  lw_pool_give(&pool, self);
}

static bool answer(lw_pipe_service *self, const lw_pipe_message *message) {
  lw_pipe_message answer = {.kind = LW_PIPE_ANSWER, .id = message->id, .question = message->question};
  lw_pipe_memory room = {.pages = NULL};
  char *to = answer.question.room ? lw_pipe_memory_(&room, answer.question.room) : NULL;
  if (!to) answer.question.room = 0;
  answer.status = lw_pipe_ask_(self->pipe, &answer.question, to);
  answer.bytes = answer.status == ERROR_SUCCESS && to ? answer.question.copied : 0;
  bool done = lw_pipe_send_(self->fd, &answer, to);
  lw_pipe_memory_free_(&room);
  return done;
}

// ------------------------------------------------------------------------------------------------------------- service

/// Serves one message; false when the other side is gone, or talks nonsense.
static bool hear(lw_pipe_service *self) {
  lw_pipe_message message;
  if (!lw_pipe_receive_(self->fd, &message, sizeof message)) return false;
  switch (message.kind) {
  case LW_PIPE_START:
    return lw_served_start_(self, &message);
  case LW_PIPE_CANCEL:
    lw_served_cancel_(self, message.id);
    return true;
  case LW_PIPE_ASK:
    return answer(self, &message);
  default:
    return false;
  }
}

/// Waits until something has ended or is asked; which it is, in the two.
static void wait_for_both(const lw_pipe_service *self, bool *ended, bool *asked) {
  struct pollfd polled[] = {{.fd = self->fd, .events = POLLIN}, {.fd = self->wake, .events = POLLIN}};
  lw_outside_begin();
  while (poll(polled, 2, -1) < 0 && errno == EINTR) continue;
  lw_outside_end();
  *asked = polled[0].revents != 0;
  *ended = polled[1].revents != 0;
}

/// The number of the first operation after `last` that goes on; 0 when there is none.
static uint64_t next_started(lw_pipe_service *self, uint64_t last) {
  lw_served *item;
  uint64_t id = 0;
  lw_lock_acquire(&self->lock);
  TAILQ_FOREACH(item, &self->started, link) {
    if (item->id > last && id == 0) id = item->id;
  }
  lw_lock_release_quietly(&self->lock);
  return id;
}

/// The other side is gone: its operations are cancelled, and its handle is closed.
static void leave(lw_pipe_service *self) {
  lw_served_list ended = TAILQ_HEAD_INITIALIZER(ended);
  lw_lock_acquire(&services_lock);
  TAILQ_REMOVE(&services, self, on_services);
  lw_lock_release_quietly(&services_lock);
  lw_lock_acquire(&self->lock);
  self->over = true;
  TAILQ_CONCAT(&ended, &self->ended, link);
  lw_lock_release_quietly(&self->lock);
  lw_served *item;
  while ((item = TAILQ_FIRST(&ended))) {
    TAILQ_REMOVE(&ended, item, link);
    lw_served_give_(item);
  }
  for (uint64_t id = 0; (id = next_started(self, id)) != 0;) lw_served_cancel_(self, id);
  lw_object_let_close_(&self->pipe->object);
  close(self->fd);
  if (self->told) self->told(self->context);
  lw_pipe_service_release_(self);
}

static void serve(void *context) {
  lw_pipe_service *self = context;
  bool goes_on = true;
  while (goes_on) {
    bool ended = false, asked = false;
    wait_for_both(self, &ended, &asked);
    uint64_t count;
    ssize_t taken = ended ? read(self->wake, &count, sizeof count) : 0;
    (void)taken; // only this thread takes it
    lw_lock_acquire(&self->speaking);
    if (ended) goes_on = lw_served_tell_ended_(self);
    if (goes_on && asked) goes_on = hear(self);
    lw_lock_release(&self->speaking);
  }
  leave(self);
}

// ----------------------------------------------------------------------------------------------------------------- end

/// Sends what is in the queue of an end, and says no more.
static void send_left(lw_pipe_service *self) {
  if (self->pipe->kind != &lw_pipe_kind_) return;
  static const struct timeval patience = {.tv_sec = 1}; // with a process that is stopped
  setsockopt(self->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  lw_pipe_end *end = (lw_pipe_end *)self->pipe;
  lw_lock_acquire(&self->speaking);
  lw_lock_acquire(lw_pipe_lock_(end));
  const lw_pipe_chunk *chunk;
  TAILQ_FOREACH(chunk, &end->queue, link) {
    lw_pipe_message message = {.kind = LW_PIPE_LEFT, .bytes = chunk->left};
    if (!chunk->writer && !lw_pipe_send_(self->fd, &message, chunk->bytes)) break;
  }
  lw_lock_release_quietly(lw_pipe_lock_(end));
  shutdown(self->fd, SHUT_RDWR);
  lw_lock_release_quietly(&self->speaking);
}

/// The process ends.
static void tell_all(void) {
  lw_lock_acquire(&services_lock);
  lw_pipe_service *self;
  TAILQ_FOREACH(self, &services, on_services) { send_left(self); }
  lw_lock_release_quietly(&services_lock);
}

void lw_pipe_services_end_(const void *context) {
  lw_lock_acquire(&services_lock);
  const lw_pipe_service *self;
  TAILQ_FOREACH(self, &services, on_services) {
    if (self->context == context) shutdown(self->fd, SHUT_RD);
  }
  lw_lock_release_quietly(&services_lock);
}

bool lw_pipe_serve_(int fd, lw_file *pipe, void (*ended)(void *context), void *context) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_pipe_service *made = lw_pool_take(&pool);
  int wake = made ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
  if (wake < 0) {
    if (made) lw_pool_give(&pool, made);
    return false;
  }
  made->fd = fd;
  made->wake = wake;
  made->pipe = pipe;
  made->told = ended;
  made->context = context;
  TAILQ_INIT(&made->started);
  TAILQ_INIT(&made->ended);
  atomic_store(&made->references, 1);
  lw_lock_acquire(&services_lock);
  TAILQ_INSERT_TAIL(&services, made, on_services);
  bool first = !minds_exit;
  minds_exit = true;
  lw_lock_release_quietly(&services_lock);
  if (first) atexit(tell_all);
  lw_thread *thread = lw_thread_create("lw-pipe-server", serve, made);
  if (!thread) lw_fatal("the system has no thread left to serve a pipe to another process: raise its limit of threads");
  lw_thread_detach(thread);
  return true;
}
