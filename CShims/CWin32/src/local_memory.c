// LocalAlloc and GlobalAlloc: blocks of the process heap. A fixed one goes by its address. One of LMEM_MOVEABLE goes by
// a record, which counts how often it is locked and keeps its handle when the block gets another size.
#include "lw_local_memory.h"

#include "heapapi.h"
#include "object.h"

typedef struct movable {
  _Atomic(void *) block; ///< NULL: it has no bytes
  _Atomic uint32_t locks;
  uint32_t mark;
} movable;

enum { MARK = 0x4C4D454D, HANDLE_OFFSET = 8, ALIGNMENT = 16 };
_Static_assert(offsetof(movable, locks) == HANDLE_OFFSET, "it lies in the record, and where no block begins");

/// The record of a handle; NULL for a fixed block's, and for what is none.
static movable *_Nullable movable_of(HLOCAL _Nullable handle) {
  if ((uintptr_t)handle % ALIGNMENT != HANDLE_OFFSET) return NULL;
  movable *record = (movable *)((char *)handle - HANDLE_OFFSET);
  bool is_there = HeapValidate(GetProcessHeap(), 0, record) && HeapSize(GetProcessHeap(), 0, record) == sizeof *record;
  return is_there && record->mark == MARK ? record : NULL;
}

static HLOCAL handle_of(movable *record) { return (char *)record + HANDLE_OFFSET; }

static DWORD heap_flags(UINT flags) { return flags & LMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0; }

static HLOCAL _Nullable make_movable(HANDLE heap, UINT flags, SIZE_T bytes) {
  movable *record = lw_heap_allocate_(heap, HEAP_ZERO_MEMORY, sizeof *record);
  if (!record) return NULL;
  void *block = bytes ? lw_heap_allocate_(heap, heap_flags(flags), bytes) : NULL;
  if (bytes && !block) {
    lw_heap_free_(heap, 0, record);
    return NULL;
  }
  record->mark = MARK;
  atomic_store(&record->block, block);
  return handle_of(record);
}

HLOCAL lw_local_allocate_(UINT flags, SIZE_T bytes) {
  HANDLE heap = GetProcessHeap();
  if (!heap) return NULL;
  if (flags & LMEM_MOVEABLE) return make_movable(heap, flags, bytes);
  return lw_heap_allocate_(heap, heap_flags(flags), bytes);
}

HLOCAL lw_local_free_(HLOCAL block) {
  HANDLE heap = GetProcessHeap();
  movable *record = movable_of(block);
  void *first = record ? atomic_load(&record->block) : block;
  if (record) record->mark = 0;
  bool freed = !first || (heap && lw_heap_free_(heap, 0, first));
  if (freed && record) freed = lw_heap_free_(heap, 0, record);
  if (freed) return NULL;
  lw_failed_(ERROR_INVALID_HANDLE);
  return block;
}

HLOCAL lw_local_reallocate_(HLOCAL block, SIZE_T bytes, UINT flags) {
  HANDLE heap = GetProcessHeap();
  movable *record = movable_of(block);
  if (!block || (!record && !HeapValidate(heap, 0, block))) {
    lw_failed_(ERROR_INVALID_HANDLE);
    return NULL;
  }
  if (flags & LMEM_MODIFY) return block;
  if (!record) {
    DWORD stays = flags & LMEM_MOVEABLE ? 0 : HEAP_REALLOC_IN_PLACE_ONLY;
    return lw_heap_reallocate_(heap, heap_flags(flags) | stays, block, bytes);
  }
  void *before = atomic_load(&record->block);
  void *after = before ? lw_heap_reallocate_(heap, heap_flags(flags), before, bytes)
                       : lw_heap_allocate_(heap, heap_flags(flags), bytes);
  if (!after) return NULL;
  atomic_store(&record->block, after);
  return block;
}

SIZE_T LocalSize(HLOCAL block) {
  const movable *record = movable_of(block);
  if (record) {
    const void *bytes = atomic_load(&record->block);
    return bytes ? HeapSize(GetProcessHeap(), 0, bytes) : 0;
  }
  SIZE_T bytes = HeapSize(GetProcessHeap(), 0, block);
  if (bytes != (SIZE_T)-1) return bytes;
  lw_failed_(ERROR_INVALID_HANDLE);
  return 0;
}

LPVOID LocalLock(HLOCAL block) {
  movable *record = movable_of(block);
  if (!record) return block;
  void *address = atomic_load(&record->block);
  if (address) atomic_fetch_add(&record->locks, 1);
  return address;
}

/// Unlocks a movable block once.
static BOOL unlock(movable *record) {
  uint32_t locks = atomic_load(&record->locks);
  do {
    if (locks == 0) return lw_failed_(ERROR_NOT_LOCKED);
  } while (!atomic_compare_exchange_weak(&record->locks, &locks, locks - 1));
  return locks > 1 ? TRUE : lw_failed_(ERROR_SUCCESS);
}

BOOL LocalUnlock(HLOCAL block) {
  movable *record = movable_of(block);
  return record ? unlock(record) : lw_failed_(block ? ERROR_NOT_LOCKED : ERROR_INVALID_HANDLE);
}

BOOL GlobalUnlock(HGLOBAL block) {
  movable *record = movable_of(block);
  if (record) return unlock(record);
  return block ? TRUE : lw_failed_(ERROR_INVALID_HANDLE);
}

UINT LocalFlags(HLOCAL block) {
  movable *record = movable_of(block);
  if (record) {
    uint32_t locks = atomic_load(&record->locks);
    return (locks < LMEM_LOCKCOUNT ? locks : LMEM_LOCKCOUNT) | (atomic_load(&record->block) ? 0 : LMEM_DISCARDED);
  }
  if (block && HeapValidate(GetProcessHeap(), 0, block)) return 0;
  lw_failed_(ERROR_INVALID_HANDLE);
  return LMEM_INVALID_HANDLE;
}
