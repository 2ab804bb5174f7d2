// Pipe ends as files: their states, and how a connection begins and ends.
#include "pipe.h"

static lw_pool pool = LW_POOL(lw_pipe_end);

// ----------------------------------------------------------------------------------------------------------- states

void lw_pipe_connect_(lw_pipe_end *server, lw_pipe_end *client, lw_pipe_work *work) {
  server->state = client->state = LW_PIPE_CONNECTED;
  server->peer = client;
  client->peer = server;
  server->client_process = client->process;
  lw_pipe_claim_all_(&server->listens_for, STATUS_SUCCESS, work);
}

/// Empties the queue of what can or shall not be read any more; writes that are pending end with `status`.
static void drop_queue(lw_pipe_end *end, bool all, DWORD status, lw_pipe_work *work) {
  lw_pipe_chunk *next;
  for (lw_pipe_chunk *chunk = TAILQ_FIRST(&end->queue); chunk; chunk = next) {
    next = TAILQ_NEXT(chunk, link);
    lw_operation *writer = chunk->writer;
    if (!writer && !all) continue;
    if (writer) {
      writer->status = status;
      writer->transferred = (DWORD)writer->buffers[0].bytes - chunk->left;
    }
    lw_pipe_unqueue_(chunk);
    TAILQ_INSERT_TAIL(&work->dropped, chunk, link);
  }
}

static void leave(lw_pipe_end *end, DWORD status, lw_pipe_work *work) {
  bool disconnected = status == STATUS_PIPE_DISCONNECTED;
  end->state = disconnected ? LW_PIPE_DISCONNECTED : LW_PIPE_CLOSING;
  end->peer = NULL;
  lw_pipe_claim_all_(&end->reads, status, work);
  lw_pipe_claim_all_(&end->flushes, status, work);
  drop_queue(end, disconnected, status, work);
}

void lw_pipe_break_(lw_pipe_end *end, DWORD status, lw_pipe_work *work) {
  lw_pipe_end *peer = end->peer;
  leave(end, status, work);
  if (peer) leave(peer, status, work);
}

// ------------------------------------------------------------------------------------------------------- operations

static DWORD start_listening(lw_pipe_end *end, lw_operation *operation) {
  DWORD status = STATUS_PENDING;
  lw_lock_acquire(&lw_pipe_names_);
  lw_lock_acquire(lw_pipe_lock_(end));
  if (end->state == LW_PIPE_CONNECTED) {
    status = STATUS_PIPE_CONNECTED;
  } else if (end->state == LW_PIPE_CLOSING) {
    status = STATUS_PIPE_CLOSING;
  } else {
    // One that listens already may have been claimed by a client that is about to connect.
    if (end->state == LW_PIPE_DISCONNECTED) lw_pipe_listen_(end);
    end->state = LW_PIPE_LISTENING;
    if (end->never_waits) status = STATUS_PIPE_LISTENING;
  }
  if (status == STATUS_PENDING) {
    TAILQ_INSERT_TAIL(&end->listens_for, operation, link);
    operation->queued = true;
  }
  lw_lock_release_quietly(lw_pipe_lock_(end));
  lw_lock_release(&lw_pipe_names_);
  if (status == STATUS_PENDING) lw_pipe_wake_waiters_(end);
  return status;
}

/// Pends until the other end has read all that was written; without another end there is nothing to wait for.
static DWORD start_flushing(lw_pipe_end *end, lw_operation *operation) {
  DWORD status = STATUS_SUCCESS;
  lw_lock_acquire(lw_pipe_lock_(end));
  if (end->state == LW_PIPE_DISCONNECTED && end->server != end)
    status = STATUS_PIPE_DISCONNECTED;
  else if (end->peer && !TAILQ_EMPTY(&end->peer->queue))
    status = STATUS_PENDING;
  if (status == STATUS_PENDING) {
    TAILQ_INSERT_TAIL(&end->flushes, operation, link);
    operation->queued = true;
  }
  lw_lock_release(lw_pipe_lock_(end));
  return status;
}

static DWORD start(lw_operation *operation) {
  lw_pipe_end *end = (lw_pipe_end *)operation->file;
  switch ((int)operation->verb) {
  case LW_VERB_READ:
    return lw_pipe_start_read_(end, operation);
  case LW_VERB_WRITE:
    return lw_pipe_start_write_(end, operation);
  case LW_VERB_LISTEN:
    return start_listening(end, operation);
  case LW_VERB_TRANSCEIVE:
    return lw_pipe_start_transceive_(end, operation);
  case LW_VERB_FLUSH:
    return start_flushing(end, operation);
  default:
    return STATUS_INVALID_DEVICE_REQUEST;
  }
}

static bool withdraw(lw_operation *operation) {
  lw_pipe_end *end = (lw_pipe_end *)operation->file;
  if (operation->verb == LW_VERB_WRITE) return lw_pipe_withdraw_write_(end, operation);
  lw_operations *list = (int)operation->verb == LW_VERB_LISTEN ? &end->listens_for
                        : operation->verb == LW_VERB_FLUSH     ? &end->flushes
                                                               : &end->reads;
  lw_lock_acquire(lw_pipe_lock_(end));
  bool queued = operation->queued;
  if (queued) TAILQ_REMOVE(list, operation, link);
  operation->queued = false;
  lw_lock_release(lw_pipe_lock_(end));
  return queued;
}

// ----------------------------------------------------------------------------------------------------------- the end

/// Operations of the end that is being closed end on the I/O thread, after the close; the other end's end now.
static void end_own_later(const lw_file *file, lw_pipe_work *work) {
  lw_operation *next;
  for (lw_operation *operation = TAILQ_FIRST(&work->ended); operation; operation = next) {
    next = TAILQ_NEXT(operation, link);
    if (operation->file != file) continue;
    TAILQ_REMOVE(&work->ended, operation, link);
    lw_operation_complete_later_(operation, operation->status, operation->transferred);
  }
}

static void closed(lw_file *file) {
  lw_pipe_end *end = (lw_pipe_end *)file;
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  lw_lock_acquire(lw_pipe_lock_(end));
  lw_pipe_break_(end, STATUS_PIPE_BROKEN, &work);
  lw_pipe_claim_all_(&end->listens_for, STATUS_PIPE_BROKEN, &work);
  drop_queue(end, true, STATUS_PIPE_BROKEN, &work); // nobody can read it any more
  lw_lock_release(lw_pipe_lock_(end));
  if (end->pipe) lw_pipe_forget_(end); // it can listen no more
  end_own_later(file, &work);
  lw_pipe_work_do_(&work);
}

static void destroy(lw_file *file) {
  lw_pipe_end *end = (lw_pipe_end *)file;
  if (end->pipe) lw_pipe_release_name_(end);
  if (end->server != end) lw_file_release_(&end->server->file);
  lw_pool_give(&pool, end);
}

const lw_file_kind lw_pipe_kind_ = {
    .name = "pipe", .type = FILE_TYPE_PIPE, .start = start, .withdraw = withdraw, .closed = closed, .destroy = destroy};

lw_pipe_end *lw_pipe_end_make_(const lw_pipe_options *options, lw_pipe_end *server) {
  lw_pipe_end *made = lw_pool_take(&pool);
  if (!made) return NULL;
  made->server = made;
  if (server && lw_object_retain_(&server->file.object)) made->server = server;
  made->message_type = options->message_type;
  made->message_reads = options->message_reads;
  made->never_waits = options->never_waits;
  made->quota = options->quota;
  made->write_quota = options->write_quota;
  made->process = options->process;
  TAILQ_INIT(&made->queue);
  TAILQ_INIT(&made->reads);
  TAILQ_INIT(&made->listens_for);
  TAILQ_INIT(&made->flushes);
  lw_file_prepare_(&made->file, &lw_pipe_kind_, options->access, options->overlapped);
  return made;
}

HANDLE lw_pipe_hand_out_(lw_pipe_end *end) {
  lw_object *object = &end->file.object;
  lw_object_retain_(object); // the handle takes the caller's
  HANDLE handle = lw_handle_open_(object);
  if (!handle) closed(&end->file);
  lw_object_release_(object);
  return handle;
}
