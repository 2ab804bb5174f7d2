// The queue of a pipe end: bytes that were written to it, reads that wait for some.
//
// Either reads wait or bytes are queued, never both. Of the queue, the first bytes are the pipe's own, up to the quota;
// from `first_lent` on they lie in the memory of writes that are pending. A write ends when its bytes have become the
// pipe's own or have all been copied to readers.
#include <string.h>

#include "pipe.h"

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

void lw_pipe_enqueue_(lw_pipe_end *end, lw_pipe_chunk *chunk) {
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

uint32_t lw_pipe_room_(const lw_pipe_end *end) {
  return end->first_lent || end->buffered >= end->quota ? 0 : end->quota - end->buffered;
}

void lw_pipe_take_(lw_pipe_end *end, lw_operation *read, lw_pipe_work *work) {
  lw_pipe_read *to = lw_pipe_read_of_(read);
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
  lw_pipe_read *from = lw_pipe_read_of_(read);
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
