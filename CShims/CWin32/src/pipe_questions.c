// What can be asked of a pipe end beside reading and writing, and is answered at once.
#include <string.h>

#include "disk_file.h"
#include "namedpipeapi.h"
#include "remote_pipe.h"

// -------------------------------------------------------------------------------------------------------------- peek

/// Copies from the queue without taking anything.
static void copy_queue(const lw_pipe_end *end, char *_Nullable to, lw_pipe_question *question) {
  const lw_pipe_chunk *chunk;
  question->copied = question->available = 0;
  TAILQ_FOREACH(chunk, &end->queue, link) {
    uint32_t room = question->room - question->copied, wanted = room < chunk->left ? room : chunk->left;
    if (!to || (end->message_reads && chunk != TAILQ_FIRST(&end->queue))) wanted = 0;
    if (wanted > 0) memcpy(to + question->copied, chunk->bytes, wanted);
    question->copied += wanted;
    question->available += chunk->left;
  }
}

static DWORD peek_refusal(const lw_pipe_end *end) {
  if (end->state == LW_PIPE_LISTENING) return ERROR_BAD_PIPE;
  if (end->state == LW_PIPE_DISCONNECTED) return end->server == end ? ERROR_BAD_PIPE : ERROR_PIPE_NOT_CONNECTED;
  return end->state == LW_PIPE_CLOSING && TAILQ_EMPTY(&end->queue) ? ERROR_BROKEN_PIPE : ERROR_SUCCESS;
}

static DWORD peek(lw_pipe_end *end, lw_pipe_question *question, char *_Nullable to) {
  uint32_t first = 0;
  lw_lock_acquire(lw_pipe_lock_(end));
  bool empty = TAILQ_EMPTY(&end->queue);
  DWORD error = peek_refusal(end);
  if (error == ERROR_SUCCESS) {
    copy_queue(end, to, question);
    if (end->message_type && !empty) first = TAILQ_FIRST(&end->queue)->left;
  }
  lw_lock_release(lw_pipe_lock_(end));
  question->left = first > question->copied ? first - question->copied : 0;
  return error;
}

// ------------------------------------------------------------------------------------------------------------- modes

static DWORD set_mode(lw_pipe_end *end, DWORD mode) {
  if ((mode & PIPE_READMODE_MESSAGE) && !end->message_type) return ERROR_INVALID_PARAMETER;
  lw_lock_acquire(lw_pipe_lock_(end));
  end->message_reads = mode & PIPE_READMODE_MESSAGE;
  end->never_waits = mode & PIPE_NOWAIT;
  lw_lock_release(lw_pipe_lock_(end));
  return ERROR_SUCCESS;
}

static void facts(lw_pipe_end *end, lw_pipe_question *question) {
  const lw_pipe_end *server = end->server;
  const lw_named_pipe *pipe = server->pipe;
  lw_lock_acquire(lw_pipe_lock_(end));
  question->mode =
      (end->message_reads ? PIPE_READMODE_MESSAGE : PIPE_READMODE_BYTE) | (end->never_waits ? PIPE_NOWAIT : PIPE_WAIT);
  question->client_process = server->client_process;
  lw_lock_release(lw_pipe_lock_(end));
  question->flags =
      (server == end ? PIPE_SERVER_END : PIPE_CLIENT_END) | (end->message_type ? PIPE_TYPE_MESSAGE : PIPE_TYPE_BYTE);
  question->out_bytes = server->write_quota;
  question->in_bytes = server->quota;
  question->server_process = server->process;
  question->instances = pipe ? lw_pipe_instances_(end->server) : 1;
  question->instances_max = !pipe                                            ? 1
                            : pipe->instances_max > PIPE_UNLIMITED_INSTANCES ? PIPE_UNLIMITED_INSTANCES
                                                                             : pipe->instances_max;
}

static DWORD disconnect(lw_pipe_end *end) {
  if (end->server != end) return ERROR_NOT_SUPPORTED; // of a client end
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  DWORD error = ERROR_SUCCESS;
  lw_point(LW_POINT_CANCEL, end, LW_ACCESS_WRITE);
  lw_lock_acquire(lw_pipe_lock_(end));
  if (end->state == LW_PIPE_LISTENING)
    error = ERROR_PIPE_LISTENING;
  else if (end->state == LW_PIPE_DISCONNECTED)
    error = ERROR_PIPE_NOT_CONNECTED;
  else
    lw_pipe_break_(end, STATUS_PIPE_DISCONNECTED, &work);
  lw_lock_release(lw_pipe_lock_(end));
  lw_pipe_work_do_(&work);
  return error;
}

DWORD lw_pipe_ask_(lw_file *pipe, lw_pipe_question *question, char *to) {
  if (pipe->kind == &lw_stream_pipe_kind_) return lw_stream_pipe_ask_((lw_disk_file *)pipe, question, to);
  if (pipe->kind == &lw_remote_pipe_kind_) return lw_remote_pipe_ask_((lw_remote_pipe *)pipe, question, to);
  lw_pipe_end *end = (lw_pipe_end *)pipe;
  switch (question->ask) {
  case LW_PIPE_ASK_PEEK:
    return peek(end, question, to);
  case LW_PIPE_ASK_SET_MODE:
    return set_mode(end, question->mode);
  case LW_PIPE_ASK_DISCONNECT:
    return disconnect(end);
  default:
    facts(end, question);
    return ERROR_SUCCESS;
  }
}
