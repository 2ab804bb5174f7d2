// Asking the process that has a pipe end. A call sends what it wants and sleeps until it is answered; a thread, started
// with the first call, hears the answers and what has ended, and writes what was read into the caller's memory, through
// its loan: a late write like that of any pipe.
#include <string.h>
#include <sys/socket.h>

#include "remote_pipe_parts.h"

// ------------------------------------------------------------------------------------------------------------- hearing

/// Stores what was read.
static void store(const lw_operation *operation, const lw_pipe_message *message, const char *bytes) {
  if (message->bytes > 0) lw_operation_store_(operation, 0, 0, bytes, message->bytes);
}

static void hear_answer(lw_remote_pipe *self, const lw_pipe_message *message, const char *bytes) {
  lw_remote_call *waiting;
  lw_lock_acquire(&self->lock);
  TAILQ_FOREACH(waiting, &self->calls, link) {
    if (waiting->answer.id == message->id) break;
  }
  if (waiting) TAILQ_REMOVE(&self->calls, waiting, link);
  lw_operation *operation = waiting ? waiting->operation : NULL;
  bool pends = operation && message->status == STATUS_PENDING;
  if (pends) {
    *lw_remote_id_of_(operation) = message->id;
    operation->queued = true;
    TAILQ_INSERT_TAIL(&self->pending, operation, link);
  }
  lw_lock_release_quietly(&self->lock);
  if (!waiting) return;
  if (operation && !pends) store(operation, message, bytes);
  if (waiting->to) memcpy(waiting->to, bytes, message->bytes);
  waiting->answer = *message;
  lw_wakes wakes = {NULL};
  lw_wakes_add_(&wakes, &waiting->sleeper);
  lw_wakes_release_(&wakes);
}

static void hear_end(lw_remote_pipe *self, const lw_pipe_message *message, const char *bytes) {
  lw_operation *operation;
  lw_lock_acquire(&self->lock);
  TAILQ_FOREACH(operation, &self->pending, link) {
    if (*lw_remote_id_of_(operation) == message->id) break;
  }
  if (operation) TAILQ_REMOVE(&self->pending, operation, link);
  if (operation) operation->queued = false;
  lw_lock_release_quietly(&self->lock);
  if (!operation) return;
  store(operation, message, bytes);
  lw_operation_complete_(operation, message->status, message->transferred);
}

static void hear_left(lw_remote_pipe *self, const lw_pipe_message *message, const char *bytes) {
  lw_pipe_chunk *chunk = lw_pipe_chunk_make_(message->bytes);
  if (!chunk) return;
  memcpy(chunk + 1, bytes, message->bytes);
  chunk->left = message->bytes;
  lw_lock_acquire(&self->lock);
  TAILQ_INSERT_TAIL(&self->left, chunk, link);
  lw_lock_release_quietly(&self->lock);
}

/// One message with what follows it; false when the other process is gone.
static bool hear(lw_remote_pipe *self, lw_pipe_memory *memory) {
  lw_pipe_message message;
  if (!lw_pipe_receive_(self->fd, &message, sizeof message)) return false;
  char *bytes = lw_pipe_memory_(memory, message.bytes);
  if (!bytes || !lw_pipe_receive_(self->fd, bytes, message.bytes)) return false;
  if (message.kind == LW_PIPE_ANSWER) hear_answer(self, &message, bytes);
  if (message.kind == LW_PIPE_ENDED) hear_end(self, &message, bytes);
  if (message.kind == LW_PIPE_LEFT) hear_left(self, &message, bytes);
  return true;
}

/// Everybody who waits for the other process learns that it is gone.
static void lose(lw_remote_pipe *self) {
  lw_wakes wakes = {NULL};
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  lw_lock_acquire(&self->lock);
  self->lost = true;
  lw_remote_call *waiting;
  while ((waiting = TAILQ_FIRST(&self->calls))) {
    TAILQ_REMOVE(&self->calls, waiting, link);
    waiting->lost = true;
    lw_wakes_add_(&wakes, &waiting->sleeper);
  }
  lw_pipe_claim_all_(&self->pending, STATUS_PIPE_BROKEN, &work);
  lw_lock_release_quietly(&self->lock);
  lw_wakes_release_(&wakes);
  lw_pipe_work_do_(&work);
}

static void hear_all(void *context) {
  lw_remote_pipe *self = context;
  lw_pipe_memory memory = {.pages = NULL};
  while (hear(self, &memory)) continue;
  lw_pipe_memory_free_(&memory);
  lose(self);
  lw_file_release_(&self->file);
}

// ------------------------------------------------------------------------------------------------------------- calling

/// Under the lock: notes a call. False when there is nobody to call any more. `starts`: the thread has to be started.
static bool enter(lw_remote_pipe *self, lw_remote_call *made, bool *starts) {
  lw_lock_acquire(&self->lock);
  bool can = !self->lost;
  *starts = can && !self->hears;
  self->hears |= can;
  if (can) {
    made->answer.id = ++self->last_id;
    TAILQ_INSERT_TAIL(&self->calls, made, link);
  }
  lw_lock_release_quietly(&self->lock);
  return can;
}

bool lw_remote_call_(lw_remote_pipe *self, lw_pipe_message *message, const void *bytes, lw_operation *operation,
                     char *to) {
  lw_remote_call made = {.sleeper = lw_sleeper_(), .operation = operation, .to = to};
  bool starts;
  if (!enter(self, &made, &starts)) return false;
  message->id = made.answer.id;
  if (starts) {
    lw_object_retain_(&self->file.object);
    lw_thread *thread = lw_thread_create("lw-pipe-client", hear_all, self);
    if (!thread)
      lw_fatal("the system has no thread left to hear another process's pipe on: raise its limit of threads");
    lw_thread_detach(thread);
  }
  lw_lock_acquire(&self->sending);
  // When it cannot be sent, the thread that hears will find out, too, and release this one.
  if (!lw_pipe_send_(self->fd, message, bytes)) shutdown(self->fd, SHUT_RDWR);
  lw_lock_release_quietly(&self->sending);
  lw_sleep_(&made.sleeper, self, LW_NEVER);
  *message = made.answer;
  return !made.lost;
}
