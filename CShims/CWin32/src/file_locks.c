// Locking ranges of files, see file_locks.h. A lock that has to wait is an operation like any other: pending until the
// range is free, in the order of the calls.
#include "file_locks.h"

#include <errno.h>
#include <sys/stat.h>

#include "error_table.h"

typedef struct range_lock {
  LIST_ENTRY(range_lock) link;
  const lw_file *owner;
  lw_lock_request range;
} range_lock;

static lw_lock locks_lock;
static LIST_HEAD(, range_lock) locks LW_GUARDED_BY(locks_lock) = LIST_HEAD_INITIALIZER(locks);
static lw_operations waiting LW_GUARDED_BY(locks_lock) = TAILQ_HEAD_INITIALIZER(waiting);
static _Atomic uint32_t lock_count; ///< so that who reads and writes need not look
static lw_pool pool = LW_POOL(range_lock);

static lw_lock_request *request_of(lw_operation *operation) { return (lw_lock_request *)operation->kind_data; }

static bool overlap(const lw_lock_request *one, const lw_lock_request *other) {
  if (one->device != other->device || one->number != other->number || !one->bytes || !other->bytes) return false;
  return one->from - other->from < other->bytes || other->from - one->from < one->bytes;
}

// ---------------------------------------------------------------------------------------------------------- granting

/// Gives an operation its lock, unless it and another exclude each other. STATUS_LOCK_NOT_GRANTED then.
static DWORD grant(lw_operation *operation) LW_REQUIRES(locks_lock) {
  const lw_lock_request *wanted = request_of(operation);
  const range_lock *other;
  LIST_FOREACH(other, &locks, link) {
    if ((other->range.exclusive || wanted->exclusive) && overlap(&other->range, wanted)) return STATUS_LOCK_NOT_GRANTED;
  }
  range_lock *made = lw_pool_take(&pool);
  if (!made) return STATUS_NO_MEMORY;
  made->owner = operation->file;
  made->range = *wanted;
  LIST_INSERT_HEAD(&locks, made, link);
  atomic_fetch_add(&lock_count, 1);
  return STATUS_SUCCESS;
}

DWORD lw_file_lock_(lw_operation *operation) {
  lw_lock_acquire(&locks_lock);
  DWORD status = grant(operation);
  bool waits = status == STATUS_LOCK_NOT_GRANTED && !request_of(operation)->immediate;
  if (waits) {
    operation->queued = true;
    TAILQ_INSERT_TAIL(&waiting, operation, link);
  }
  lw_lock_release(&locks_lock);
  return waits ? STATUS_PENDING : status;
}

bool lw_file_lock_withdraw_(lw_operation *operation) {
  lw_lock_acquire(&locks_lock);
  bool taken = operation->queued;
  if (taken) TAILQ_REMOVE(&waiting, operation, link);
  operation->queued = false;
  lw_lock_release(&locks_lock);
  return taken;
}

/// Something was unlocked: completes those that waited for it.
static void grant_waiting(void) {
  for (;;) {
    DWORD status = STATUS_LOCK_NOT_GRANTED;
    lw_lock_acquire(&locks_lock);
    lw_operation *operation;
    TAILQ_FOREACH(operation, &waiting, link) {
      status = grant(operation);
      if (status != STATUS_LOCK_NOT_GRANTED) break;
    }
    if (operation) {
      TAILQ_REMOVE(&waiting, operation, link);
      operation->queued = false;
    }
    lw_lock_release(&locks_lock);
    if (!operation) return;
    lw_operation_complete_(operation, status, 0);
  }
}

// --------------------------------------------------------------------------------------------------------- unlocking

static void drop(range_lock *lock) LW_REQUIRES(locks_lock) {
  LIST_REMOVE(lock, link);
  atomic_fetch_sub(&lock_count, 1);
  lw_pool_give(&pool, lock);
}

void lw_file_locks_end_(lw_disk_file *file) {
  if (atomic_load(&lock_count) == 0) return;
  lw_lock_acquire(&locks_lock);
  for (range_lock *lock = LIST_FIRST(&locks), *next; lock; lock = next) {
    next = LIST_NEXT(lock, link);
    if (lock->owner == &file->file) drop(lock);
  }
  lw_lock_release(&locks_lock);
  grant_waiting();
}

bool lw_file_locks_forbid_(const lw_disk_file *file, uint64_t from, uint64_t bytes, bool writes) {
  if (atomic_load(&lock_count) == 0) return false;
  struct stat status;
  if (fstat(file->fd, &status) != 0) return false;
  lw_lock_request range = {.device = status.st_dev, .number = status.st_ino, .from = from, .bytes = bytes};
  bool forbidden = false;
  lw_lock_acquire(&locks_lock);
  const range_lock *lock;
  LIST_FOREACH(lock, &locks, link) {
    bool minds = lock->range.exclusive ? lock->owner != &file->file : writes;
    if (minds && overlap(&lock->range, &range)) forbidden = true;
  }
  lw_lock_release_quietly(&locks_lock);
  return forbidden;
}

// ------------------------------------------------------------------------------------------------------------- calls

static uint64_t joined(DWORD low, DWORD high) { return (uint64_t)high << 32 | low; }

/// The file of a handle whose ranges can be locked, and its range; NULL and the last error.
static lw_disk_file *_Nullable lockable(HANDLE _Nullable handle, uint64_t from, uint64_t bytes,
                                        lw_lock_request *range) {
  lw_disk_file *file = lw_disk_file_of_(handle);
  struct stat status;
  if (!file) return NULL;
  DWORD error = file->file.kind != &lw_disk_kind_                           ? ERROR_INVALID_FUNCTION
                : !(file->file.access & (FILE_READ_DATA | FILE_WRITE_DATA)) ? ERROR_ACCESS_DENIED
                : fstat(file->fd, &status) != 0                             ? lw_error_of_errno_(errno)
                                                                            : ERROR_SUCCESS;
  if (error != ERROR_SUCCESS) {
    lw_disk_file_release_(file);
    lw_failed_(error);
    return NULL;
  }
  *range = (lw_lock_request){.device = status.st_dev, .number = status.st_ino, .from = from, .bytes = bytes};
  return file;
}

static BOOL lock(HANDLE handle, const char *api, uint64_t from, uint64_t bytes, DWORD flags,
                 OVERLAPPED *_Nullable overlapped) {
  lw_lock_request range;
  lw_disk_file *file = lockable(handle, from, bytes, &range);
  if (!file) return FALSE;
  range.exclusive = flags & LOCKFILE_EXCLUSIVE_LOCK;
  range.immediate = flags & LOCKFILE_FAIL_IMMEDIATELY;
  lw_operation *operation = lw_operation_take_(&file->file, api, (lw_verb)LW_VERB_LOCK, overlapped);
  BOOL done = FALSE;
  if (operation) {
    *request_of(operation) = range;
    done = lw_operation_run_(operation, NULL);
  }
  lw_disk_file_release_(file);
  return done;
}

static BOOL unlock(HANDLE handle, uint64_t from, uint64_t bytes) {
  lw_lock_request range;
  lw_disk_file *file = lockable(handle, from, bytes, &range);
  if (!file) return FALSE;
  lw_lock_acquire(&locks_lock);
  range_lock *found;
  LIST_FOREACH(found, &locks, link) {
    if (found->owner == &file->file && found->range.from == from && found->range.bytes == bytes) break;
  }
  bool was_locked = found != NULL;
  if (found) drop(found);
  lw_lock_release(&locks_lock);
  if (was_locked) grant_waiting();
  lw_disk_file_release_(file);
  return was_locked ? TRUE : lw_failed_(ERROR_NOT_LOCKED);
}

BOOL LockFile(HANDLE file, DWORD offset, DWORD offset_high, DWORD bytes, DWORD bytes_high) {
  return lock(file, "LockFile", joined(offset, offset_high), joined(bytes, bytes_high),
              LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, NULL);
}

BOOL lw_lock_file_ex_(HANDLE file, DWORD flags, DWORD reserved, DWORD bytes, DWORD bytes_high, OVERLAPPED *overlapped) {
  if (!overlapped || reserved) return lw_failed_(ERROR_INVALID_PARAMETER);
  return lock(file, "LockFileEx", joined(overlapped->Offset, overlapped->OffsetHigh), joined(bytes, bytes_high), flags,
              overlapped);
}

BOOL UnlockFile(HANDLE file, DWORD offset, DWORD offset_high, DWORD bytes, DWORD bytes_high) {
  return unlock(file, joined(offset, offset_high), joined(bytes, bytes_high));
}

BOOL UnlockFileEx(HANDLE file, DWORD reserved, DWORD bytes, DWORD bytes_high, OVERLAPPED *overlapped) {
  if (!overlapped || reserved) return lw_failed_(ERROR_INVALID_PARAMETER);
  return unlock(file, joined(overlapped->Offset, overlapped->OffsetHigh), joined(bytes, bytes_high));
}
