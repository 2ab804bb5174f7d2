// Memory for bytes that a pipe holds, in a few sizes; what is longer comes from the system.
#include "pipe.h"

enum { SIZES = 4 };
#define SIZE_POOL(bytes) {.object_bytes = sizeof(lw_pipe_chunk) + (bytes)}
static lw_pool pools[SIZES] = {SIZE_POOL(128), SIZE_POOL(1024), SIZE_POOL(8192), SIZE_POOL(65536)};

static uint32_t room_of(const lw_pool *pool) { return pool->object_bytes - (uint32_t)sizeof(lw_pipe_chunk); }

lw_pipe_chunk *lw_pipe_chunk_make_(uint32_t bytes) {
  lw_pipe_chunk *made = NULL;
  uint32_t capacity = bytes;
  for (uint32_t i = 0; i < SIZES && !made; i++) {
    if (bytes > room_of(&pools[i])) continue;
    capacity = room_of(&pools[i]);
    made = lw_pool_take(&pools[i]);
    if (!made) return NULL;
  }
  if (!made) made = lw_pages_reserve(sizeof *made + bytes);
  if (!made) return NULL;
  // relaxed: nobody else sees it yet.
  atomic_store_explicit(&made->references, 1, memory_order_relaxed);
  made->capacity = capacity;
  made->bytes = (const char *)(made + 1);
  return made;
}

static void give(lw_pipe_chunk *chunk) {
  for (uint32_t i = 0; i < SIZES; i++) {
    if (chunk->capacity != room_of(&pools[i])) continue;
    lw_pool_give(&pools[i], chunk);
    return;
  }
  lw_pages_release(chunk, sizeof *chunk + chunk->capacity);
}

void lw_pipe_chunk_release_(lw_pipe_chunk *chunk) {
  // acquire and release: all who copied from it are done before its writer ends.
  if (atomic_fetch_sub_explicit(&chunk->references, 1, memory_order_acq_rel) != 1) return;
  lw_operation *writer = chunk->writer;
  if (writer)
    lw_operation_complete_(writer, writer->status, writer->transferred);
  else
    give(chunk);
}
