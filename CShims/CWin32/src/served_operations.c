// Operations that another process has on a pipe end of this one: begun for it, cancelled for it, their ends told.
#include <unistd.h>

#include "pipe_service_parts.h"

static lw_pool pool = LW_POOL(lw_served);

void lw_served_give_(lw_served *item) {
  lw_operation_release_(item->operation);
  lw_pipe_memory_free_(&item->room);
  lw_pool_give(&pool, item);
}

/// An operation has ended, on whatever thread.
static void note_end(lw_operation *operation) {
  lw_served *item = operation->serves;
  lw_pipe_service *self = item->service;
  lw_lock_acquire(&self->lock);
  TAILQ_REMOVE(&self->started, item, link);
  bool told = !self->over;
  if (told) TAILQ_INSERT_TAIL(&self->ended, item, link);
  lw_lock_release_quietly(&self->lock);
  uint64_t one = 1;
  ssize_t written = told ? write(self->wake, &one, sizeof one) : 0; // it never blocks before 2^64 - 1
  (void)written;
  if (!told) lw_served_give_(item);
  lw_pipe_service_release_(self);
}

/// What is told of a status: the bytes that were read, too.
static bool tell(const lw_pipe_service *self, lw_pipe_message *message, const lw_served *item, uint32_t status) {
  message->id = item->id;
  message->status = status;
  message->transferred = status == STATUS_PENDING ? 0 : item->operation->transferred;
  bool has_read = (int)item->operation->verb == LW_VERB_READ || (int)item->operation->verb == LW_VERB_TRANSCEIVE;
  bool has_bytes = has_read && (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW);
  message->bytes = has_bytes ? item->operation->transferred : 0;
  return lw_pipe_send_(self->fd, message, item->room.pages);
}

bool lw_served_tell_ended_(lw_pipe_service *self) {
  bool done = true;
  while (done) {
    lw_lock_acquire(&self->lock);
    lw_served *item = TAILQ_FIRST(&self->ended);
    if (item) TAILQ_REMOVE(&self->ended, item, link);
    lw_lock_release_quietly(&self->lock);
    if (!item) break;
    lw_pipe_message message = {.kind = LW_PIPE_ENDED};
    done = tell(self, &message, item, item->operation->status);
    lw_served_give_(item);
  }
  return done;
}

static const char *api_of(uint32_t verb) {
  switch (verb) {
  case LW_VERB_READ:
    return "ReadFile";
  case LW_VERB_WRITE:
    return "WriteFile";
  case LW_VERB_FLUSH:
    return "FlushFileBuffers";
  case LW_VERB_LISTEN:
    return "ConnectNamedPipe";
  default:
    return "TransactNamedPipe";
  }
}

/// An operation with room for what is read and written; NULL when there is no memory. The bytes are received.
static lw_served *_Nullable make_served(lw_pipe_service *self, const lw_pipe_message *message) {
  lw_served *item = lw_pool_take(&pool);
  size_t room = message->room, bytes = message->bytes;
  char *pages = item ? lw_pipe_memory_(&item->room, room + bytes) : NULL;
  lw_operation *operation = pages && lw_pipe_receive_(self->fd, pages + room, bytes)
                                ? lw_operation_take_(self->pipe, api_of(message->verb), (lw_verb)message->verb, NULL)
                                : NULL;
  if (!operation) {
    if (item) lw_pipe_memory_free_(&item->room);
    if (item) lw_pool_give(&pool, item);
    return NULL;
  }
  bool reads = (int)message->verb == LW_VERB_READ || (int)message->verb == LW_VERB_TRANSCEIVE;
  bool writes = (int)message->verb == LW_VERB_WRITE || (int)message->verb == LW_VERB_TRANSCEIVE;
  if (reads) lw_operation_add_buffer_(operation, pages, room); // there is room for two
  if (writes) lw_operation_add_buffer_(operation, pages + room, bytes);
  item->service = self;
  item->operation = operation;
  item->id = message->id;
  return item;
}

bool lw_served_start_(lw_pipe_service *self, const lw_pipe_message *message) {
  lw_served *item = make_served(self, message);
  if (!item) return false; // the other side sees the connection end
  lw_pipe_message answer = {.kind = LW_PIPE_ANSWER};
  atomic_fetch_add(&self->references, 1);
  lw_lock_acquire(&self->lock);
  TAILQ_INSERT_TAIL(&self->started, item, link);
  lw_lock_release_quietly(&self->lock);
  DWORD status = lw_operation_serve_(item->operation, note_end, item);
  // One that is pending may have ended by now, but it is told of only by this thread.
  bool done = tell(self, &answer, item, status);
  if (status == STATUS_PENDING) return done;
  lw_lock_acquire(&self->lock);
  TAILQ_REMOVE(&self->started, item, link);
  lw_lock_release_quietly(&self->lock);
  lw_served_give_(item);
  lw_pipe_service_release_(self);
  return done;
}

void lw_served_cancel_(lw_pipe_service *self, uint64_t id) {
  lw_served *item;
  lw_operation *operation = NULL;
  lw_lock_acquire(&self->lock);
  TAILQ_FOREACH(item, &self->started, link) {
    if (item->id == id) operation = item->operation;
  }
  if (operation) lw_operation_retain_(operation);
  lw_lock_release_quietly(&self->lock);
  if (operation) lw_operation_cancel_(operation);
}
