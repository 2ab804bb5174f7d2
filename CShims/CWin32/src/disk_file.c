// Reading and writing of what has a descriptor, and its end. Bytes are read straight into the caller's memory, through
// its loan, by whoever serves the operation.
#include "disk_file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error_table.h"
#include "file_locks.h"
#include "lw_control.h"
#include "operation.h"
#include "paths.h"
#include "unheard_writes.h"

static lw_pool pool = LW_POOL(lw_disk_file);

// ------------------------------------------------------------------------------------------------------ transferring

/// Where a transfer takes place: at an offset, or (POINTER) at the file pointer, which is the descriptor's own, so that
/// children share it.
static const uint64_t POINTER = UINT64_MAX - 1;

static uint64_t place_of(const lw_disk_file *file, const lw_operation *operation) {
  bool has_place = operation->overlapped || operation->position == LW_FILE_END;
  return file->file.kind == &lw_disk_kind_ && has_place ? operation->position : POINTER;
}

static ssize_t write_at(const lw_disk_file *file, const lw_buffer *buffer, uint64_t place) {
  if (place == POINTER) {
    bool has_reader = file->file.kind != &lw_disk_kind_;
    return has_reader ? lw_write_unheard_(file->fd, buffer->address, buffer->bytes)
                      : write(file->fd, buffer->address, buffer->bytes);
  }
  if (place != LW_FILE_END) return pwrite(file->fd, buffer->address, buffer->bytes, (off_t)place);
  struct stat status;
  return fstat(file->fd, &status) != 0 ? -1 : pwrite(file->fd, buffer->address, buffer->bytes, status.st_size);
}

/// Reads into the caller's buffer through its loan. What is refused there is read and lost.
static ssize_t read_at(const lw_disk_file *file, const lw_operation *operation, uint64_t place) {
  size_t bytes = operation->buffers[0].bytes;
  lw_write write;
  char *target = lw_operation_write_begin_(operation, 0, 0, bytes, &write);
  if (target && !lw_loan_is_none(write.loan) && write.bytes < bytes) bytes = write.bytes;
  ssize_t got = !target            ? 0
                : place == POINTER ? read(file->fd, target, bytes)
                                   : pread(file->fd, target, bytes, (off_t)place);
  int error = errno;
  lw_write_end(&write);
  errno = error;
  return got;
}

/// A synchronous operation moves the file pointer, wherever it took place.
static void move_pointer(const lw_disk_file *file, uint64_t place, DWORD moved) {
  if (file->file.overlapped || place == POINTER) return;
  if (place == LW_FILE_END)
    lseek(file->fd, 0, SEEK_END);
  else
    lseek(file->fd, (off_t)(place + moved), SEEK_SET);
}

DWORD lw_disk_transfer_(lw_operation *operation) {
  lw_disk_file *file = (lw_disk_file *)operation->file;
  bool reads = operation->verb == LW_VERB_READ, may_block = file->file.kind != &lw_disk_kind_;
  const lw_buffer *buffer = &operation->buffers[0];
  uint64_t place = place_of(file, operation);
  if (place != POINTER && (place != LW_FILE_END || reads) && (int64_t)place < 0) return STATUS_INVALID_PARAMETER;
  if (buffer->bytes == 0) return STATUS_SUCCESS;
  if (!may_block) {
    uint64_t from = place == POINTER ? (uint64_t)lseek(file->fd, 0, SEEK_CUR) : place;
    if (lw_file_locks_forbid_(file, from, buffer->bytes, !reads)) return STATUS_FILE_LOCK_CONFLICT;
  }
  if (reads && atomic_load(&file->never_waits) && lw_stream_pipe_is_empty_(file)) return STATUS_PIPE_EMPTY;
  lw_point(LW_POINT_WRITE, file, reads ? LW_ACCESS_READ : LW_ACCESS_WRITE);
  ssize_t moved;
  if (may_block) lw_outside_begin();
  do {
    moved = reads ? read_at(file, operation, place) : write_at(file, buffer, place);
  } while (moved < 0 && errno == EINTR);
  int error = errno;
  if (may_block) lw_outside_end();
  if (moved < 0) return error == EISDIR ? STATUS_INVALID_DEVICE_REQUEST : lw_status_of_errno_(error);
  operation->transferred = (DWORD)moved;
  move_pointer(file, place, (DWORD)moved);
  if (!reads || moved > 0) return STATUS_SUCCESS;
  if (file->file.kind == &lw_stream_pipe_kind_) return STATUS_PIPE_BROKEN;
  // Without an OVERLAPPED the end of a file is a success of no bytes.
  return operation->overlapped ? STATUS_END_OF_FILE : STATUS_SUCCESS;
}

// -------------------------------------------------------------------------------------------------------------- kind

static DWORD flush(const lw_disk_file *file) {
  if (file->file.kind != &lw_disk_kind_ || fsync(file->fd) == 0) return STATUS_SUCCESS;
  return lw_status_of_errno_(errno);
}

static DWORD start(lw_operation *operation) {
  if ((int)operation->verb == LW_VERB_LOCK) return lw_file_lock_(operation);
  if (operation->verb == LW_VERB_FLUSH) return flush((const lw_disk_file *)operation->file);
  if (operation->verb != LW_VERB_READ && operation->verb != LW_VERB_WRITE) return STATUS_INVALID_DEVICE_REQUEST;
  if (!operation->file->overlapped) return lw_disk_transfer_(operation);
  lw_disk_queue_(operation);
  return STATUS_PENDING;
}

static bool withdraw(lw_operation *operation) {
  return (int)operation->verb == LW_VERB_LOCK ? lw_file_lock_withdraw_(operation) : lw_disk_withdraw_(operation);
}

bool lw_disk_path_(int fd, char path[LW_PATH_BYTES]) {
  char link[64];
  struct stat status;
  if (fstat(fd, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) return false; // a device stays
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, LW_PATH_BYTES - 1);
  if (length <= 0) return false;
  path[length] = 0;
  return true;
}

static void closed(lw_file *base) {
  lw_disk_file *file = (lw_disk_file *)base;
  lw_file_locks_end_(file);
  lw_standard_stream_ends_(file);
  if (!file->opening.node) return;
  if (file->deletes) lw_sharing_delete_(&file->opening, true);
  char path[LW_PATH_BYTES];
  if (lw_sharing_leave_(&file->opening) && lw_disk_path_(file->fd, path) && unlink(path) != 0) rmdir(path);
}

static void destroy(lw_file *base) {
  lw_disk_file *file = (lw_disk_file *)base;
  close(file->fd);
  lw_pool_give(&pool, file);
}

#define KIND(constant, text, its_type)                                                                                 \
  const lw_file_kind constant = {                                                                                      \
      .name = text, .type = its_type, .start = start, .withdraw = withdraw, .closed = closed, .destroy = destroy}
KIND(lw_disk_kind_, "disk file", FILE_TYPE_DISK);
KIND(lw_device_kind_, "device", FILE_TYPE_CHAR);
KIND(lw_stream_pipe_kind_, "standard stream", FILE_TYPE_PIPE);
KIND(lw_stream_disk_kind_, "standard stream", FILE_TYPE_DISK);

// ------------------------------------------------------------------------------------------------------------ making

lw_disk_file *lw_descriptor_file_(int fd, const lw_file_kind *kind, DWORD access, bool overlapped) {
  lw_disk_file *file = lw_pool_take(&pool);
  if (!file) {
    lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  lw_file_prepare_(&file->file, kind, access, overlapped);
  file->fd = fd;
  return file;
}

HANDLE lw_descriptor_open_(int fd, const lw_file_kind *kind, DWORD access, bool overlapped) {
  lw_disk_file *file = lw_descriptor_file_(fd, kind, access, overlapped);
  return file ? lw_handle_open_(&file->file.object) : NULL;
}

lw_disk_file *lw_disk_file_for_(HANDLE handle, const char *api, DWORD otherwise) {
  lw_file *file = lw_file_for_(handle, NULL, 0, api);
  if (!file || file->kind->destroy == destroy) return (lw_disk_file *)file;
  lw_file_release_(file);
  lw_failed_(otherwise);
  return NULL;
}
