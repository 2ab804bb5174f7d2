// What goes through a pipe: the queue of an end, reads that wait for it, writes that wait for its quota.
//
// Either reads wait or bytes are queued, never both. Of the queue, the first bytes are the pipe's own, up to the quota;
// from `first_lent` on they lie in the memory of writes that are pending. A write ends when its bytes have become the
// pipe's own or have all been copied to readers.
#include <string.h>

#include "pipe.h"

/// A read's part in `lw_operation.kind_data`.
typedef struct pipe_read {
  lw_pipe_chunks claimed;
  lw_pipe_chunk part; ///< of the last chunk, when that has more
} pipe_read;
_Static_assert(sizeof(pipe_read) <= LW_OPERATION_KIND_BYTES, "a read fits");
_Static_assert(sizeof(lw_pipe_chunk) <= LW_OPERATION_KIND_BYTES, "a write fits");

static pipe_read *read_of(lw_operation *operation) { return (pipe_read *)(void *)operation->kind_data; }
static lw_pipe_chunk *chunk_of(lw_operation *write) { return (lw_pipe_chunk *)(void *)write->kind_data; }

// ------------------------------------------------------------------------------------------------------------- work

void lw_pipe_work_begin_(lw_pipe_work *work) {
  *work = (lw_pipe_work){.spare = NULL};
  TAILQ_INIT(&work->reads);
  TAILQ_INIT(&work->ended);
  TAILQ_INIT(&work->dropped);
}

void lw_pipe_work_do_(lw_pipe_work *work) {
  lw_operation *operation;
  while ((operation = TAILQ_FIRST(&work->reads))) {
    TAILQ_REMOVE(&work->reads, operation, link);
    lw_pipe_deliver_(operation);
    lw_operation_complete_(operation, operation->status, operation->transferred);
  }
  lw_pipe_chunk *chunk;
  while ((chunk = TAILQ_FIRST(&work->dropped))) {
    TAILQ_REMOVE(&work->dropped, chunk, link);
    lw_pipe_chunk_release_(chunk);
  }
  while ((operation = TAILQ_FIRST(&work->ended))) {
    TAILQ_REMOVE(&work->ended, operation, link);
    lw_operation_complete_(operation, operation->status, operation->transferred);
  }
}

void lw_pipe_work_on_(lw_pipe_end *end, lw_pipe_work *work) {
  lw_pipe_work_do_(work);
  while (work->needed > 0) {
    work->spare = lw_pipe_chunk_make_(work->needed);
    if (!work->spare) break; // the write then waits until all of it is read
    lw_lock_acquire(lw_pipe_lock_(end));
    lw_pipe_pump_(end, work);
    lw_lock_release(lw_pipe_lock_(end));
    if (work->spare) lw_pipe_chunk_release_(work->spare);
    work->spare = NULL;
    lw_pipe_work_do_(work);
  }
}

void lw_pipe_claim_all_(lw_operations *list, DWORD status, lw_pipe_work *work) {
  lw_operation *operation;
  while ((operation = TAILQ_FIRST(list))) {
    TAILQ_REMOVE(list, operation, link);
    operation->queued = false;
    operation->status = status;
    TAILQ_INSERT_TAIL(&work->ended, operation, link);
  }
}

// ------------------------------------------------------------------------------------------------------------ queue

static void enqueue(lw_pipe_end *end, lw_pipe_chunk *chunk) {
  TAILQ_INSERT_TAIL(&end->queue, chunk, link);
  chunk->reader = end;
  if (!chunk->writer)
    end->buffered += chunk->left;
  else if (!end->first_lent)
    end->first_lent = chunk;
}

void lw_pipe_unqueue_(lw_pipe_chunk *chunk) {
  lw_pipe_end *end = chunk->reader;
  chunk->reader = NULL;
  if (end->first_lent == chunk) end->first_lent = TAILQ_NEXT(chunk, link);
  if (!chunk->writer) end->buffered -= chunk->left;
  TAILQ_REMOVE(&end->queue, chunk, link);
}

static uint32_t room(const lw_pipe_end *end) {
  return end->first_lent || end->buffered >= end->quota ? 0 : end->quota - end->buffered;
}

void lw_pipe_take_(lw_pipe_end *end, lw_operation *read, lw_pipe_work *work) {
  pipe_read *to = read_of(read);
  uint32_t wanted = (uint32_t)read->buffers[0].bytes, taken = 0;
  TAILQ_INIT(&to->claimed);
  read->status = STATUS_SUCCESS;
  lw_pipe_chunk *chunk;
  do {
    chunk = TAILQ_FIRST(&end->queue);
    uint32_t bytes = wanted - taken < chunk->left ? wanted - taken : chunk->left;
    if (bytes == chunk->left) {
      lw_pipe_unqueue_(chunk);
      TAILQ_INSERT_TAIL(&to->claimed, chunk, link);
    } else {
      // relaxed: under the lock, and the queue holds one.
      atomic_fetch_add_explicit(&chunk->references, 1, memory_order_relaxed);
      to->part = (lw_pipe_chunk){.whole = chunk, .bytes = chunk->bytes, .left = bytes};
      TAILQ_INSERT_TAIL(&to->claimed, &to->part, link);
      chunk->bytes += bytes;
      chunk->left -= bytes;
      if (!chunk->writer) end->buffered -= bytes;
      if (end->message_reads) read->status = STATUS_BUFFER_OVERFLOW;
    }
    taken += bytes;
  } while (!end->message_reads && taken < wanted && !TAILQ_EMPTY(&end->queue));
  read->transferred = taken;
  if (TAILQ_EMPTY(&end->queue) && end->peer) lw_pipe_claim_all_(&end->peer->flushes, STATUS_SUCCESS, work);
}

void lw_pipe_deliver_(lw_operation *read) {
  pipe_read *from = read_of(read);
  uint32_t at = 0;
  lw_pipe_chunk *chunk;
  while ((chunk = TAILQ_FIRST(&from->claimed))) {
    TAILQ_REMOVE(&from->claimed, chunk, link);
    if (chunk->left > 0) lw_operation_store_(read, 0, at, chunk->bytes, chunk->left);
    at += chunk->left;
    lw_pipe_chunk_release_(chunk->whole ? chunk->whole : chunk);
  }
}

/// Copies the rest of the first lent chunk into `own`, which takes its place.
static void make_own(lw_pipe_end *end, lw_pipe_chunk *own, lw_pipe_work *work) {
  lw_pipe_chunk *lent = end->first_lent;
  memcpy(own + 1, lent->bytes, lent->left);
  own->left = lent->left;
  own->reader = end;
  TAILQ_INSERT_BEFORE(lent, own, link);
  end->buffered += own->left;
  lw_pipe_unqueue_(lent);
  TAILQ_INSERT_TAIL(&work->dropped, lent, link);
}

void lw_pipe_pump_(lw_pipe_end *end, lw_pipe_work *work) {
  work->needed = 0;
  while (!TAILQ_EMPTY(&end->queue) && !TAILQ_EMPTY(&end->reads)) {
    lw_operation *read = TAILQ_FIRST(&end->reads);
    TAILQ_REMOVE(&end->reads, read, link);
    read->queued = false;
    lw_pipe_take_(end, read, work);
    TAILQ_INSERT_TAIL(&work->reads, read, link);
  }
  while (end->first_lent && end->buffered + end->first_lent->left <= end->quota) {
    if (!work->spare || work->spare->capacity < end->first_lent->left) {
      work->needed = end->first_lent->left;
      return;
    }
    make_own(end, work->spare, work);
    work->spare = NULL;
  }
}

// --------------------------------------------------------------------------------------------------- read and write

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
  bool waits = TAILQ_EMPTY(&reader->reads) && bytes > room(reader);
  if (waits && end->never_waits) {
    write->transferred = 0; // all or nothing
    return STATUS_SUCCESS;
  }
  lw_pipe_chunk *own = work->spare;
  if (own && !waits && TAILQ_EMPTY(&reader->reads)) {
    work->spare = NULL;
    own->left = bytes;
    enqueue(reader, own);
    return STATUS_SUCCESS;
  }
  lw_pipe_chunk *lent = chunk_of(write);
  // relaxed: the lock publishes it.
  atomic_store_explicit(&lent->references, 2, memory_order_relaxed); // the queue's, and the caller's
  lent->writer = write;
  lent->bytes = write->buffers[0].address;
  lent->left = bytes;
  write->status = STATUS_SUCCESS;
  enqueue(reader, lent);
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
  lw_pipe_chunk *lent = chunk_of(write);
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
    enqueue(reader, own);
    lw_pipe_pump_(reader, &work);
  }
  lw_lock_release(lw_pipe_lock_(end));
  if (status != STATUS_PENDING) lw_pipe_chunk_release_(own);
  lw_pipe_work_do_(&work);
  return status;
}

bool lw_pipe_withdraw_write_(lw_pipe_end *end, lw_operation *write) {
  lw_pipe_chunk *chunk = chunk_of(write);
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
