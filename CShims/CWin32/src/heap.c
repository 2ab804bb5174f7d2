// Heaps are arenas: the process heap, opened at first use and never closed, and those that a program makes.
#include "heapapi.h"

#include "lw_arena.h"
#include "object.h"

/// Of 255 arenas, some are the program's own or the heap and malloc.
enum { OWN_HEAPS_MAX = 200 };

static _Atomic(lw_arena *) heap;
static _Atomic(lw_arena *) own_heaps[OWN_HEAPS_MAX];

/// The arena; NULL when the system has no memory for it. Two threads that come first both open one; one of them stays.
static lw_arena *_Nullable heap_arena(void) {
  // acquire: pairs with the exchange below; the arena is whole.
  lw_arena *arena = atomic_load_explicit(&heap, memory_order_acquire);
  if (arena) return arena;
  lw_arena_config config = lw_arena_config_default();
  config.name = "heap";
  lw_status status;
  arena = lw_arena_open(&config, &status);
  if (!arena) return NULL;
  lw_arena *first = NULL;
  // acquire and release: as above, in both directions.
  if (atomic_compare_exchange_strong_explicit(&heap, &first, arena, memory_order_acq_rel, memory_order_acquire))
    return arena;
  lw_arena_close(arena);
  return first;
}

/// The place of a heap that a program has made; NULL when it is none.
static _Atomic(lw_arena *) *_Nullable own_place(HANDLE _Nullable handle) {
  for (int i = 0; handle && i < OWN_HEAPS_MAX; i++)
    if (atomic_load(&own_heaps[i]) == (lw_arena *)handle) return &own_heaps[i];
  return NULL;
}

/// The arena of a heap handle; NULL and the last error for any other.
static lw_arena *_Nullable arena_of(HANDLE _Nullable handle) {
  lw_arena *arena = heap_arena();
  if (arena && handle != (HANDLE)arena && own_place(handle)) return (lw_arena *)handle;
  if (arena && handle == (HANDLE)arena) return arena;
  lw_failed_(arena ? ERROR_INVALID_HANDLE : ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}

HANDLE GetProcessHeap(void) { return heap_arena(); }

HANDLE HeapCreate(DWORD options, SIZE_T initial_bytes, SIZE_T most_bytes) {
  (void)options;
  lw_arena_config config = lw_arena_config_default();
  config.name = "heap of the program";
  config.report_leaks = false; // HeapDestroy gives every block back
  if (most_bytes != 0) config.reserve_bytes = most_bytes < initial_bytes ? initial_bytes : most_bytes;
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  for (int i = 0; arena && i < OWN_HEAPS_MAX; i++) {
    lw_arena *none = NULL;
    if (atomic_compare_exchange_strong(&own_heaps[i], &none, arena)) return (HANDLE)arena;
  }
  if (arena) lw_arena_close(arena);
  lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}

BOOL HeapDestroy(HANDLE handle) {
  _Atomic(lw_arena *) *place = own_place(handle);
  lw_arena *arena = (lw_arena *)handle;
  // Who takes it out of the table closes it.
  if (!place || !atomic_compare_exchange_strong(place, &arena, NULL)) return lw_failed_(ERROR_INVALID_HANDLE);
  lw_arena_close(arena);
  return TRUE;
}

LPVOID lw_heap_allocate_(HANDLE handle, DWORD flags, SIZE_T bytes) {
  lw_arena *arena = arena_of(handle);
  if (!arena) return NULL;
  LPVOID block = lw_allocate_(arena, bytes, 0, flags & HEAP_ZERO_MEMORY);
  if (!block) lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  return block;
}

BOOL lw_heap_free_(HANDLE handle, DWORD flags, LPVOID block) {
  (void)flags;
  lw_arena *arena = arena_of(handle);
  if (!arena) return FALSE;
  return lw_free_(arena, block) == LW_OK ? TRUE : lw_failed_(ERROR_INVALID_PARAMETER);
}

/// The bytes asked for at the live block that starts at `address`; (SIZE_T)-1 when none does.
static SIZE_T requested_bytes(lw_arena *arena, const void *_Nullable address) {
  lw_block block = lw_block_at(address);
  bool live = block.arena == arena && block.state == LW_BLOCK_LIVE && block.start == address;
  return live ? block.requested : (SIZE_T)-1;
}

SIZE_T HeapSize(HANDLE handle, DWORD flags, const void *block) {
  (void)flags;
  lw_arena *arena = arena_of(handle);
  SIZE_T bytes = arena ? requested_bytes(arena, block) : (SIZE_T)-1;
  if (arena && bytes == (SIZE_T)-1) lw_failed_(ERROR_INVALID_PARAMETER);
  return bytes;
}

BOOL HeapValidate(HANDLE handle, DWORD flags, const void *block) {
  (void)flags;
  lw_arena *arena = arena_of(handle);
  return arena && (!block || requested_bytes(arena, block) != (SIZE_T)-1);
}

LPVOID lw_heap_reallocate_(HANDLE handle, DWORD flags, LPVOID block, SIZE_T bytes) {
  SIZE_T before = HeapSize(handle, 0, block);
  if (before == (SIZE_T)-1) return NULL;
  if (flags & HEAP_REALLOC_IN_PLACE_ONLY) {
    if (bytes == before) return block;
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  LPVOID moved = lw_heap_allocate_(handle, flags, bytes);
  if (!moved) return NULL;
  lw_words_copy(moved, block, bytes < before ? bytes : before);
  lw_heap_free_(handle, 0, block);
  return moved;
}
