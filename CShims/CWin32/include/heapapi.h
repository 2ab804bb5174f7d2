// Heaps. Each is an arena of this project (the process heap's is named "heap"), so every block has generations, poison,
// stacks and loans; LATEWRITE_OPTIONS sets their options.
#pragma once

#include "lw_annotations.h"
#include "minwinbase.h"

#pragma clang assume_nonnull begin

#define HEAP_NO_SERIALIZE 0x00000001u
#define HEAP_GENERATE_EXCEPTIONS 0x00000004u
#define HEAP_ZERO_MEMORY 0x00000008u
#define HEAP_REALLOC_IN_PLACE_ONLY 0x00000010u

/// The process heap; not to be closed.
HANDLE _Nullable GetProcessHeap(void);

/// A heap of the program's own, an arena as well; `most_bytes` (0: what the arena's options say) bounds its range.
/// NULL and ERROR_NOT_ENOUGH_MEMORY; at most 200 at a time. End it with `HeapDestroy`.
HANDLE _Nullable HeapCreate(DWORD options, SIZE_T initial_bytes, SIZE_T most_bytes);
/// Gives a heap back with all of its blocks, which nobody may use any more; a borrower that writes later is reported.
/// FALSE and ERROR_INVALID_HANDLE for the process heap and what is no heap.
BOOL HeapDestroy(HANDLE _Nullable heap);

LPVOID _Nullable lw_heap_allocate_(HANDLE _Nullable heap, DWORD flags, SIZE_T bytes);
/// Allocates; NULL when there is no memory (the last error is set to ERROR_NOT_ENOUGH_MEMORY, which Windows does not
/// do) or `heap` is no heap (ERROR_INVALID_HANDLE). Give it back with `HeapFree`.
static inline LPVOID _Nullable HeapAlloc(HANDLE _Nullable heap, DWORD flags, SIZE_T bytes) {
  LPVOID block = lw_heap_allocate_(heap, flags, bytes);
  LW_KEEP_CALLER_FRAME();
  return block;
}

BOOL lw_heap_free_(HANDLE _Nullable heap, DWORD flags, LPVOID _Nullable block);
/// Gives a block back; NULL is TRUE. FALSE and ERROR_INVALID_PARAMETER (finding LW007) for what is not a live block.
static inline BOOL HeapFree(HANDLE _Nullable heap, DWORD flags, LPVOID _Nullable block) {
  BOOL done = lw_heap_free_(heap, flags, block);
  LW_KEEP_CALLER_FRAME();
  return done;
}

LPVOID _Nullable lw_heap_reallocate_(HANDLE _Nullable heap, DWORD flags, LPVOID _Nullable block, SIZE_T bytes);
/// Moves a block to one of `bytes` bytes (it always moves: a lent block must not grow under its borrower). NULL, and
/// the block untouched, when that fails or HEAP_REALLOC_IN_PLACE_ONLY was asked for another size.
static inline LPVOID _Nullable HeapReAlloc(HANDLE _Nullable heap, DWORD flags, LPVOID _Nullable block, SIZE_T bytes) {
  LPVOID moved = lw_heap_reallocate_(heap, flags, block, bytes);
  LW_KEEP_CALLER_FRAME();
  return moved;
}

/// Whether `block` is a live one of the heap; of a whole heap, NULL, that is not looked at.
BOOL HeapValidate(HANDLE _Nullable heap, DWORD flags, const void *_Nullable block);
/// The bytes that were asked for; (SIZE_T)-1 for what is not a live block.
SIZE_T HeapSize(HANDLE _Nullable heap, DWORD flags, const void *_Nullable block);

#pragma clang assume_nonnull end
