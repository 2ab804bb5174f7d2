// LocalAlloc and GlobalAlloc, a part of <winbase.h>.
#pragma once

#include "lw_annotations.h"
#include "minwindef.h"

#pragma clang assume_nonnull begin
LW_CALLERS_STAY_BEGIN

#define LMEM_FIXED 0x0000u
#define LMEM_MOVEABLE 0x0002u
#define LMEM_ZEROINIT 0x0040u
#define LPTR (LMEM_FIXED | LMEM_ZEROINIT)
#define GMEM_FIXED 0x0000u
#define GMEM_MOVEABLE 0x0002u
#define GMEM_ZEROINIT 0x0040u
#define GPTR (GMEM_FIXED | GMEM_ZEROINIT)
#define LHND (LMEM_MOVEABLE | LMEM_ZEROINIT)
#define GHND (GMEM_MOVEABLE | GMEM_ZEROINIT)
#define NONZEROLHND LMEM_MOVEABLE
#define NONZEROLPTR LMEM_FIXED
#define LMEM_MODIFY 0x0080u
#define GMEM_MODIFY 0x0080u
#define LMEM_LOCKCOUNT 0x00FFu
#define GMEM_LOCKCOUNT 0x00FFu
#define LMEM_INVALID_HANDLE 0x8000u
#define GMEM_INVALID_HANDLE 0x8000u
#define GMEM_SHARE 0x2000u
#define GMEM_DDESHARE 0x2000u
#define LMEM_DISCARDED 0x4000u
#define GMEM_DISCARDED 0x4000u
typedef HANDLE HLOCAL, HGLOBAL;

HLOCAL _Nullable lw_local_allocate_(UINT flags, SIZE_T bytes);
/// Allocates from the process heap. A fixed block's handle is its address; one of LMEM_MOVEABLE is told by `LocalLock`,
/// and stays. NULL and ERROR_NOT_ENOUGH_MEMORY when there is no memory. Give it back with `LocalFree`.
static inline HLOCAL _Nullable LocalAlloc(UINT flags, SIZE_T bytes) {
  HLOCAL block = lw_local_allocate_(flags, bytes);
  LW_KEEP_CALLER_FRAME();
  return block;
}
HLOCAL _Nullable lw_local_free_(HLOCAL _Nullable block);
/// Gives a block back; NULL on success. `block` itself and ERROR_INVALID_HANDLE (finding LW007) for what is no live
/// block.
static inline HLOCAL _Nullable LocalFree(HLOCAL _Nullable block) {
  HLOCAL left = lw_local_free_(block);
  LW_KEEP_CALLER_FRAME();
  return left;
}
HLOCAL _Nullable lw_local_reallocate_(HLOCAL _Nullable block, SIZE_T bytes, UINT flags);
/// A block of another size with the same bytes in it: under the same handle when that is one of LMEM_MOVEABLE; a fixed
/// one moves only where `flags` have LMEM_MOVEABLE. NULL: ERROR_INVALID_HANDLE, ERROR_NOT_ENOUGH_MEMORY. With
/// LMEM_MODIFY nothing changes.
static inline HLOCAL _Nullable LocalReAlloc(HLOCAL _Nullable block, SIZE_T bytes, UINT flags) {
  HLOCAL moved = lw_local_reallocate_(block, bytes, flags);
  LW_KEEP_CALLER_FRAME();
  return moved;
}
/// The bytes that were asked for; 0 and ERROR_INVALID_HANDLE for what is no live block.
SIZE_T LocalSize(HLOCAL _Nullable block);
/// The address of a block, which is locked once more.
LPVOID _Nullable LocalLock(HLOCAL _Nullable block);
/// Unlocks once. TRUE while it is still locked; FALSE and ERROR_SUCCESS when it is not any more, ERROR_NOT_LOCKED when
/// it was not, as a fixed block never is.
BOOL LocalUnlock(HLOCAL _Nullable block);
/// How often a block is locked, with LMEM_DISCARDED for one without bytes; LMEM_INVALID_HANDLE.
UINT LocalFlags(HLOCAL _Nullable block);

/// The same under other names.
static inline HGLOBAL _Nullable GlobalAlloc(UINT flags, SIZE_T bytes) {
  HGLOBAL block = lw_local_allocate_(flags, bytes);
  LW_KEEP_CALLER_FRAME();
  return block;
}
static inline HGLOBAL _Nullable GlobalFree(HGLOBAL _Nullable block) {
  HGLOBAL left = lw_local_free_(block);
  LW_KEEP_CALLER_FRAME();
  return left;
}
static inline HGLOBAL _Nullable GlobalReAlloc(HGLOBAL _Nullable block, SIZE_T bytes, UINT flags) {
  HGLOBAL moved = lw_local_reallocate_(block, bytes, flags);
  LW_KEEP_CALLER_FRAME();
  return moved;
}
static inline SIZE_T GlobalSize(HGLOBAL _Nullable block) { return LocalSize(block); }
static inline LPVOID _Nullable GlobalLock(HGLOBAL _Nullable block) { return LocalLock(block); }
/// Of a fixed block it is TRUE.
BOOL GlobalUnlock(HGLOBAL _Nullable block);
static inline UINT GlobalFlags(HGLOBAL _Nullable block) { return LocalFlags(block); }

LW_CALLERS_STAY_END
#pragma clang assume_nonnull end
