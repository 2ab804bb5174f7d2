// Reading from a pipe end and writing to the other.
#include <string.h>

#include "pipe.h"

DWORD lw_pipe_start_read_(lw_pipe_end *end, lw_operation *read) {
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  DWORD status = STATUS_SUCCESS;
  lw_lock_acquire(lw_pipe_lock_(end));
  bool empty = TAILQ_EMPTY(&end->queue);
  if (end->state == LW_PIPE_LISTENING)
    status = STATUS_PIPE_LISTENING;
  else if (end->state == LW_PIPE_DISCONNECTED)
    status = STATUS_PIPE_DISCONNECTED;
  else if (empty && end->state == LW_PIPE_CLOSING)
    status = STATUS_PIPE_BROKEN;
  else if (empty)
    status = end->never_waits ? STATUS_PIPE_EMPTY : STATUS_PENDING;
  if (status == STATUS_PENDING) {
    TAILQ_INSERT_TAIL(&end->reads, read, link);
    read->queued = true;
  }
  if (status == STATUS_SUCCESS) {
    lw_pipe_take_(end, read, &work);
    lw_pipe_pump_(end, &work);
  }
  lw_lock_release(lw_pipe_lock_(end));
  if (status != STATUS_SUCCESS) return status;
  lw_pipe_deliver_(read);
  status = read->status;
  lw_pipe_work_on_(end, &work);
  return status;
}

/// Why the end cannot be written to; STATUS_SUCCESS when it can.
static DWORD write_refusal(const lw_pipe_end *end) {
  switch (end->state) {
  case LW_PIPE_LISTENING:
    return STATUS_PIPE_LISTENING;
  case LW_PIPE_DISCONNECTED:
    return STATUS_PIPE_DISCONNECTED;
  case LW_PIPE_CLOSING:
    return STATUS_PIPE_CLOSING;
  case LW_PIPE_CONNECTED:
    return STATUS_SUCCESS;
  }
}

/// What becomes of a write, decided under the lock.
static DWORD queue_write(lw_pipe_end *end, lw_operation *write, lw_pipe_work *work) {
  DWORD status = write_refusal(end);
  uint32_t bytes = (uint32_t)write->buffers[0].bytes;
  write->transferred = bytes;
  if (status != STATUS_SUCCESS || (bytes == 0 && !end->message_type)) return status;
  lw_pipe_end *reader = end->peer;
  bool waits = TAILQ_EMPTY(&reader->reads) && bytes > lw_pipe_room_(reader);
  if (waits && end->never_waits) {
    write->transferred = 0; // all or nothing
    return STATUS_SUCCESS;
  }
  lw_pipe_chunk *own = work->spare;
  if (own && !waits && TAILQ_EMPTY(&reader->reads)) {
    work->spare = NULL;
    own->left = bytes;
    lw_pipe_enqueue_(reader, own);
    return STATUS_SUCCESS;
  }
  lw_pipe_chunk *lent = lw_pipe_chunk_of_(write);
  // relaxed: the lock publishes it.
  atomic_store_explicit(&lent->references, 2, memory_order_relaxed); // the queue's, and the caller's
  lent->writer = write;
  lent->bytes = write->buffers[0].address;
  lent->left = bytes;
  write->status = STATUS_SUCCESS;
  lw_pipe_enqueue_(reader, lent);
  lw_pipe_pump_(reader, work);
  return STATUS_PENDING;
}

DWORD lw_pipe_start_write_(lw_pipe_end *end, lw_operation *write) {
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  size_t bytes = write->buffers[0].bytes;
  work.spare = bytes <= end->write_quota ? lw_pipe_chunk_make_((uint32_t)bytes) : NULL;
  if (work.spare && bytes > 0) memcpy(work.spare + 1, write->buffers[0].address, bytes);
  lw_lock_acquire(lw_pipe_lock_(end));
  lw_pipe_end *reader = end->peer;
  DWORD status = queue_write(end, write, &work);
  bool held = status == STATUS_PENDING && reader && lw_object_retain_(&reader->file.object);
  lw_lock_release(lw_pipe_lock_(end));
  if (work.spare) lw_pipe_chunk_release_(work.spare);
  work.spare = NULL;
  if (status != STATUS_PENDING) return status;
  if (held) {
    lw_pipe_work_on_(reader, &work);
    lw_file_release_(&reader->file);
  }
  lw_pipe_chunk *lent = lw_pipe_chunk_of_(write);
  // acquire and release: as in lw_pipe_chunk_release_.
  bool over = atomic_fetch_sub_explicit(&lent->references, 1, memory_order_acq_rel) == 1;
  return over ? write->status : STATUS_PENDING;
}

/// Why the end cannot be asked and answer; STATUS_SUCCESS when it can.
static DWORD transceive_refusal(const lw_pipe_end *end) {
  if (end->state == LW_PIPE_CLOSING) return STATUS_PIPE_BROKEN;
  if (end->state == LW_PIPE_DISCONNECTED) return STATUS_PIPE_DISCONNECTED;
  if (end->state != LW_PIPE_CONNECTED) return STATUS_INVALID_PIPE_STATE;
  if (!end->message_reads) return STATUS_INVALID_READ_MODE;
  return TAILQ_EMPTY(&end->queue) ? STATUS_PENDING : STATUS_PIPE_BUSY;
}

DWORD lw_pipe_start_transceive_(lw_pipe_end *end, lw_operation *operation) {
  lw_pipe_work work;
  lw_pipe_work_begin_(&work);
  const lw_buffer *question = &operation->buffers[1];
  lw_pipe_chunk *own = lw_pipe_chunk_make_((uint32_t)question->bytes); // it never waits for the quota
  if (!own) return STATUS_NO_MEMORY;
  if (question->bytes > 0) memcpy(own + 1, question->address, question->bytes);
  own->left = (uint32_t)question->bytes;
  lw_lock_acquire(lw_pipe_lock_(end));
  lw_pipe_end *reader = end->peer;
  DWORD status = transceive_refusal(end);
  if (status == STATUS_PENDING) {
    TAILQ_INSERT_TAIL(&end->reads, operation, link);
    operation->queued = true;
    lw_pipe_enqueue_(reader, own);
    lw_pipe_pump_(reader, &work);
  }
  lw_lock_release(lw_pipe_lock_(end));
  if (status != STATUS_PENDING) lw_pipe_chunk_release_(own);
  lw_pipe_work_do_(&work);
  return status;
}

bool lw_pipe_withdraw_write_(lw_pipe_end *end, lw_operation *write) {
  lw_pipe_chunk *chunk = lw_pipe_chunk_of_(write);
  lw_lock_acquire(lw_pipe_lock_(end));
  bool queued = chunk->reader != NULL;
  if (queued) {
    lw_pipe_unqueue_(chunk);
    write->status = STATUS_CANCELLED;
    write->transferred = (DWORD)write->buffers[0].bytes - chunk->left;
  }
  lw_lock_release(lw_pipe_lock_(end));
  // acquire and release: whoever copies from it is done before it ends; the last of them ends it.
  return queued && atomic_fetch_sub_explicit(&chunk->references, 1, memory_order_acq_rel) == 1;
}
