// LocalAlloc and GlobalAlloc: fixed blocks of the process heap, as every block of theirs has been since Windows left
// 16 bits.
#include "heapapi.h"
#include "object.h"
#include "winbase.h"

HLOCAL lw_local_allocate_(UINT flags, SIZE_T bytes) {
  HANDLE heap = GetProcessHeap();
  return heap ? lw_heap_allocate_(heap, flags & LMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0, bytes) : NULL;
}

HLOCAL lw_local_free_(HLOCAL block) {
  HANDLE heap = GetProcessHeap();
  if (!block || (heap && lw_heap_free_(heap, 0, block))) return NULL;
  lw_failed_(ERROR_INVALID_HANDLE);
  return block;
}

SIZE_T LocalSize(HLOCAL block) {
  SIZE_T bytes = HeapSize(GetProcessHeap(), 0, block);
  if (bytes != (SIZE_T)-1) return bytes;
  lw_failed_(ERROR_INVALID_HANDLE);
  return 0;
}

BOOL LocalUnlock(HLOCAL block) {
  (void)block;
  return lw_failed_(ERROR_NOT_LOCKED);
}
