// Byte ranges of disk files that a handle has locked against others, within this process.
#pragma once

#include "disk_file.h"
#include "operation.h"

#pragma clang assume_nonnull begin

/// The verb of a lock, and what its operation carries in `kind_data`.
enum { LW_VERB_LOCK = LW_VERB_KIND };
typedef struct lw_lock_request {
  dev_t device;
  ino_t number;
  uint64_t from;
  uint64_t bytes;
  bool exclusive;
  bool immediate; ///< fails rather than wait
} lw_lock_request;

/// Grants an operation's lock, or has it wait its turn: STATUS_SUCCESS, STATUS_PENDING, STATUS_LOCK_NOT_GRANTED.
DWORD lw_file_lock_(lw_operation *operation);
/// Takes a lock that waits off the list; false when it has been granted.
bool lw_file_lock_withdraw_(lw_operation *operation);
/// Ends all locks of a file whose last handle was closed.
void lw_file_locks_end_(lw_disk_file *file);
/// Whether somebody's lock forbids the file's handle to read, or to write, these bytes.
bool lw_file_locks_forbid_(const lw_disk_file *file, uint64_t from, uint64_t bytes, bool writes);

#pragma clang assume_nonnull end
