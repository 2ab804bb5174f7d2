// A pipe end that another process has, as a file: its operations, what can be asked of it, and how it is opened. What a
// process that has ended left in the queue is read from here.
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "namedpipeapi.h"
#include "pipe_listener.h"
#include "remote_pipe_parts.h"

static lw_pool pool = LW_POOL(lw_remote_pipe);

// ----------------------------------------------------------------------------------------------------------- questions

/// What a process that has ended left, for PeekNamedPipe.
static DWORD peek_left(lw_remote_pipe *self, lw_pipe_question *question, char *_Nullable to) {
  question->copied = question->available = question->left = 0;
  lw_lock_acquire(&self->lock);
  const lw_pipe_chunk *chunk, *first = TAILQ_FIRST(&self->left);
  TAILQ_FOREACH(chunk, &self->left, link) {
    uint32_t room = question->room - question->copied, taken = room < chunk->left ? room : chunk->left;
    if (!to || (self->reads_messages && chunk != first)) taken = 0;
    if (taken > 0) memcpy(to + question->copied, chunk->bytes, taken);
    question->copied += taken;
    question->available += chunk->left;
  }
  if (self->reads_messages && first) question->left = first->left - question->copied;
  lw_lock_release_quietly(&self->lock);
  return first ? ERROR_SUCCESS : ERROR_BROKEN_PIPE;
}

DWORD lw_remote_pipe_ask_(lw_remote_pipe *self, lw_pipe_question *question, char *to) {
  lw_pipe_message message = {.kind = LW_PIPE_ASK, .question = *question};
  bool peeks = question->ask == LW_PIPE_ASK_PEEK;
  if (!lw_remote_call_(self, &message, NULL, NULL, to))
    return peeks ? peek_left(self, question, to) : ERROR_BROKEN_PIPE;
  if (question->ask == LW_PIPE_ASK_SET_MODE && message.status == ERROR_SUCCESS)
    self->reads_messages = question->mode & PIPE_READMODE_MESSAGE;
  *question = message.question;
  return message.status;
}

// ---------------------------------------------------------------------------------------------------------- operations

/// What a process that has ended left to be read.
static DWORD read_left(lw_remote_pipe *self, lw_operation *read) {
  lw_lock_acquire(&self->lock);
  lw_pipe_chunk *chunk = TAILQ_FIRST(&self->left);
  if (chunk) TAILQ_REMOVE(&self->left, chunk, link);
  lw_lock_release_quietly(&self->lock);
  if (!chunk) return STATUS_PIPE_BROKEN;
  uint32_t wanted = (uint32_t)read->buffers[0].bytes, taken = wanted < chunk->left ? wanted : chunk->left;
  if (taken > 0) lw_operation_store_(read, 0, 0, chunk->bytes, taken);
  read->transferred = taken;
  chunk->bytes += taken;
  chunk->left -= taken;
  bool rest = chunk->left > 0;
  if (rest) {
    lw_lock_acquire(&self->lock);
    TAILQ_INSERT_HEAD(&self->left, chunk, link);
    lw_lock_release_quietly(&self->lock);
  } else {
    lw_pipe_chunk_release_(chunk);
  }
  return rest && self->reads_messages ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static DWORD start(lw_operation *operation) {
  lw_remote_pipe *self = (lw_remote_pipe *)operation->file;
  lw_pipe_message message = {.kind = LW_PIPE_START, .verb = operation->verb};
  const lw_buffer *read =
      operation->verb == LW_VERB_WRITE || operation->buffer_count == 0 ? NULL : &operation->buffers[0];
  const lw_buffer *written = operation->verb == LW_VERB_WRITE             ? &operation->buffers[0]
                             : (int)operation->verb == LW_VERB_TRANSCEIVE ? &operation->buffers[1]
                                                                          : NULL;
  if (read) message.room = (uint32_t)read->bytes;
  if (written) message.bytes = (uint32_t)written->bytes;
  if (lw_remote_call_(self, &message, written ? written->address : NULL, operation, NULL)) {
    if (message.status != STATUS_PENDING) operation->transferred = message.transferred;
    return message.status;
  }
  return operation->verb == LW_VERB_READ    ? read_left(self, operation)
         : operation->verb == LW_VERB_WRITE ? STATUS_PIPE_CLOSING
                                            : STATUS_PIPE_BROKEN;
}

/// The other process decides, and tells how it ended.
static bool withdraw(lw_operation *operation) {
  lw_remote_pipe *self = (lw_remote_pipe *)operation->file;
  lw_lock_acquire(&self->lock);
  lw_pipe_message message = {.kind = LW_PIPE_CANCEL, .id = *lw_remote_id_of_(operation)};
  bool pends = operation->queued;
  lw_lock_release_quietly(&self->lock);
  if (!pends) return false;
  lw_lock_acquire(&self->sending);
  lw_pipe_send_(self->fd, &message, NULL);
  lw_lock_release_quietly(&self->sending);
  return false;
}

/// The thread that hears finds the end of the connection, and ends what is pending.
static void closed(lw_file *file) { shutdown(((lw_remote_pipe *)file)->fd, SHUT_RDWR); }

static void destroy(lw_file *file) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_remote_pipe *self = (lw_remote_pipe *)file; // nobody else refers to it
  lw_pipe_chunk *chunk;
  while ((chunk = TAILQ_FIRST(&self->left))) {
    TAILQ_REMOVE(&self->left, chunk, link);
    lw_pipe_chunk_release_(chunk);
  }
  close(self->fd);
  lw_pool_give(&pool, self);
}

const lw_file_kind lw_remote_pipe_kind_ = {.name = "pipe of another process",
                                           .type = FILE_TYPE_PIPE,
                                           .start = start,
                                           .withdraw = withdraw,
                                           .closed = closed,
                                           .destroy = destroy};

// ------------------------------------------------------------------------------------------------------------- opening

bool lw_remote_pipe_is_server_(const lw_remote_pipe *pipe) { return pipe->is_server; }

lw_remote_pipe *lw_remote_pipe_make_(int fd, DWORD rights, bool overlapped,
                                     bool is_server) LW_NO_THREAD_SAFETY_ANALYSIS {
  lw_remote_pipe *made = lw_pool_take(&pool);
  if (!made) return NULL;
  made->fd = fd;
  made->is_server = is_server;
  TAILQ_INIT(&made->calls);
  TAILQ_INIT(&made->pending);
  TAILQ_INIT(&made->left);
  lw_file_prepare_(&made->file, &lw_remote_pipe_kind_, rights, overlapped);
  return made;
}

/// Says the first words to a process that has the pipe; the connection, or -1 when it has gone.
static int greet(const char *folded, uint32_t place, lw_pipe_message *message) {
  int fd = lw_pipe_listener_find_(folded, place);
  if (fd < 0) return -1;
  message->bytes = (uint32_t)strlen(folded) + 1;
  if (lw_pipe_send_(fd, message, folded)) return fd;
  close(fd);
  return -1;
}

HANDLE lw_remote_pipe_open_(const char *folded, uint32_t place, DWORD rights, bool overlapped) {
  lw_pipe_message message = {.kind = LW_PIPE_OPEN, .access = rights};
  int fd = greet(folded, place, &message);
  // A process that ends in the midst of it has no pipe any more.
  bool heard = fd >= 0 && lw_pipe_receive_(fd, &message, sizeof message);
  DWORD error = heard ? message.status : ERROR_FILE_NOT_FOUND;
  lw_remote_pipe *made = error == ERROR_SUCCESS ? lw_remote_pipe_make_(fd, rights, overlapped, false) : NULL;
  if (made) return lw_handle_open_(&made->file.object);
  if (fd >= 0) close(fd);
  lw_failed_(error == ERROR_SUCCESS ? ERROR_NOT_ENOUGH_MEMORY : error);
  return NULL;
}
