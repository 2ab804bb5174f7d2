// Files: the objects that operations are done on. Pipe ends, disk files and sockets are kinds of it; what all share -
// the list of pending operations, the port, cancelling - is here, what each does is its `lw_file_kind`.
#pragma once

#include "lw_win32.h"
#include "object.h"

#include "fileapi.h"

#pragma clang assume_nonnull begin

typedef struct lw_operation lw_operation;
typedef TAILQ_HEAD(lw_operations, lw_operation) lw_operations;
typedef struct lw_file lw_file;

/// What a kind of file does; one constant each. Nothing here is called with a lock held.
typedef struct lw_file_kind {
  const char *name;
  DWORD type; ///< FILE_TYPE_...
  /// Begins the operation. Returns its final status, with `transferred` set, when it ended at once; or STATUS_PENDING
  /// when it will be completed by `lw_operation_complete_`, exactly once - which may have happened by then.
  DWORD (*start)(lw_operation *operation);
  /// For a cancellation: takes the operation off the kind's own lists, under the lock under which others claim it for
  /// completion. True: nobody had claimed it and nobody will, so that it ends with STATUS_CANCELLED and the
  /// `transferred` that is set here. False: it completes as if nothing had been asked.
  bool (*withdraw)(lw_operation *operation);
  /// The record of an operation that was run is given back.
  void (*_Nullable forget)(lw_operation *operation);
  /// Its last handle has been closed. Operations that are pending afterwards are cancelled.
  void (*_Nullable closed)(lw_file *file);
  /// Nothing refers to it any more: gives back what is the kind's, and the memory.
  void (*destroy)(lw_file *file);
} lw_file_kind;

/// `lw_file.modes`, as SetFileCompletionNotificationModes has them.
enum { LW_FILE_SKIP_PORT_ON_SUCCESS = 1, LW_FILE_SKIP_SET_EVENT = 2 };

/// First member of every file.
struct lw_file {
  lw_object object; ///< signalled while no operation without an event is pending
  const lw_file_kind *kind;
  DWORD access;              ///< FILE_READ_DATA, FILE_WRITE_DATA, ... as granted
  bool overlapped;           ///< calls do not wait
  _Atomic(lw_object *) port; ///< a reference; set once, after `key`
  ULONG_PTR key;
  _Atomic uint32_t modes; ///< LW_FILE_SKIP_...
  TAILQ_ENTRY(lw_file) on_files;
  lw_lock lock;
  bool closed LW_GUARDED_BY(&lock);
  lw_operations pending LW_GUARDED_BY(&lock);
};

extern const lw_object_type lw_file_type_;

/// Prepares the first member of a zeroed file, with one reference, the caller's; it is signalled.
void lw_file_prepare_(lw_file *file, const lw_file_kind *kind, DWORD access, bool overlapped);
/// The file of a handle, with a reference for the caller. `kind` NULL takes any. NULL and ERROR_INVALID_HANDLE, or
/// ERROR_ACCESS_DENIED when file or handle have none of the rights `any_of` (0: none is needed). `api` is the function
/// that reports name.
lw_file *_Nullable lw_file_for_(HANDLE _Nullable handle, const lw_file_kind *_Nullable kind, DWORD any_of,
                                const char *api);
/// The same without a wish about rights, in the API function that it stands in.
#define lw_file_of_(handle, kind) lw_file_for_(handle, kind, 0, __func__)
static inline void lw_file_release_(lw_file *file) { lw_object_release_(&file->object); }
/// GENERIC_... as the rights of a file.
DWORD lw_file_access_(DWORD access);

/// Which of a file's operations to cancel.
typedef struct lw_cancellation {
  OVERLAPPED *_Nullable overlapped; ///< NULL: whatever it is
  bool own;                         ///< only those that the calling thread has started
  lw_thread_number waiting;         ///< only those whose starting call waits in this thread; 0: whatever
  const lw_file *_Nullable fills;   ///< only those that fill this file; NULL: whatever
} lw_cancellation;
/// Asks for the end of pending operations. Those that nobody has claimed are completed with STATUS_CANCELLED on the I/O
/// thread, after the call. Returns whether there was one to ask.
bool lw_file_cancel_(lw_file *file, lw_cancellation which);
/// Looks whether the values by which a pending operation goes stand for others by now (LW009): its file's, with which
/// `api` was called, and its event's, where that `waits` for it.
void lw_files_check_handles_(HANDLE _Nullable handle, const OVERLAPPED *overlapped, bool waits, const char *api);
/// Cancels what a thread waits for inside the call that started it; whether there was something.
bool lw_files_cancel_synchronous_(lw_thread_number thread);
/// Cancels what was to fill a file that is closed, on whichever file that is pending.
void lw_files_cancel_filling_(const lw_file *filled);
/// The calling thread ends: cancels what it has started and what belongs to no port.
void lw_files_thread_ends_(void);

#pragma clang assume_nonnull end
