// Handles. A handle is a small multiple of 4; its two low bits are ignored; a closed value is invalid at once and the
// first to be used again (last in, first out), as on Windows.
#pragma once

#include "lw_annotations.h"
#include "minwinbase.h"

#pragma clang assume_nonnull begin
LW_CALLERS_STAY_BEGIN

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR) - 1)
/// INVALID_HANDLE_VALUE for Swift, which does not import macros with casts.
static inline HANDLE _Nullable lw_invalid_handle_value(void) { return INVALID_HANDLE_VALUE; }

BOOL lw_close_handle_(HANDLE _Nullable handle);
/// Closes a handle; the object goes when nothing refers to it any more. With its last handle, a port's waiters return
/// with ERROR_ABANDONED_WAIT_0 and its packets are discarded. Closing a handle that a registered wait still waits for
/// is finding LW017. FALSE and ERROR_INVALID_HANDLE for what is not an open handle.
static inline BOOL CloseHandle(HANDLE _Nullable handle) {
  BOOL done = lw_close_handle_(handle);
  LW_KEEP_CALLER_FRAME();
  return done;
}

#define DUPLICATE_CLOSE_SOURCE 0x00000001u
#define DUPLICATE_SAME_ACCESS 0x00000002u
#define HANDLE_FLAG_INHERIT 0x00000001u
#define HANDLE_FLAG_PROTECT_FROM_CLOSE 0x00000002u

BOOL lw_duplicate_handle_(HANDLE _Nullable source_process, HANDLE _Nullable source, HANDLE _Nullable target_process,
                          HANDLE _Nullable *_Nullable target, DWORD access, BOOL inherit, DWORD options);
/// Opens a further handle of the object that `source` names, with `access` or, with DUPLICATE_SAME_ACCESS, the rights
/// of the source; DUPLICATE_CLOSE_SOURCE closes the source, whatever came of it. A pseudo handle gives a real one. The
/// source must be of the caller's process; the target may be that of a child which it has started with CreateProcess,
/// for what children inherit, too. With DUPLICATE_CLOSE_SOURCE `target_process` may be NULL, and nothing is opened.
/// FALSE: ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED (also a child that has ended), ERROR_NOT_ENOUGH_MEMORY,
/// ERROR_NOT_SUPPORTED.
static inline BOOL DuplicateHandle(HANDLE _Nullable source_process, HANDLE _Nullable source,
                                   HANDLE _Nullable target_process, HANDLE _Nullable *_Nullable target, DWORD access,
                                   BOOL inherit, DWORD options) {
  BOOL done = lw_duplicate_handle_(source_process, source, target_process, target, access, inherit, options);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// The flags of a handle. HANDLE_FLAG_INHERIT counts for the standard streams of children; unlike on Windows nothing
/// else is inherited.
BOOL GetHandleInformation(HANDLE _Nullable handle, DWORD *_Nullable flags);
/// Sets the flags in `mask` to those in `flags`. A handle with HANDLE_FLAG_PROTECT_FROM_CLOSE is not closed
/// (ERROR_INVALID_HANDLE).
BOOL SetHandleInformation(HANDLE _Nullable handle, DWORD mask, DWORD flags);
/// Whether two handles name one object; FALSE and ERROR_NOT_SAME_OBJECT otherwise.
BOOL CompareObjectHandles(HANDLE _Nullable first, HANDLE _Nullable second);

LW_CALLERS_STAY_END
#pragma clang assume_nonnull end
