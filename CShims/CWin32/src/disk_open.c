// CreateFile for disk files: dispositions, sharing, attributes.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk_file.h"
#include "error_table.h"
#include "paths.h"

enum { PERMISSIONS = 0666, READ_ONLY_PERMISSIONS = 0444, HIDING = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM };

/// A file that is being opened.
typedef struct opened {
  int fd;
  bool existed;
  struct stat status;
} opened;

/// Whether an access writes to the file's data.
static bool writes(DWORD access) { return access & (FILE_WRITE_DATA | FILE_APPEND_DATA); }

static int open_flags(DWORD access, DWORD flags) {
  bool reads = access & (FILE_READ_DATA | FILE_EXECUTE);
  int mode = !writes(access) ? O_RDONLY : reads ? O_RDWR : O_WRONLY;
  bool appends = writes(access) && !(access & FILE_WRITE_DATA);
  return mode | O_CLOEXEC | O_NOCTTY | (appends ? O_APPEND : 0) | (flags & FILE_FLAG_WRITE_THROUGH ? O_DSYNC : 0);
}

/// Whether the attributes of a file that is there let it be opened so. (As root the system would let us.)
static bool attributes_let(DWORD attributes, DWORD access, DWORD disposition, DWORD flags) {
  bool changes = writes(access) || disposition == CREATE_ALWAYS || flags & FILE_FLAG_DELETE_ON_CLOSE;
  if (attributes & FILE_ATTRIBUTE_READONLY && changes) return false;
  return disposition != CREATE_ALWAYS || (attributes & HIDING & ~flags) == 0;
}

/// Opens or makes the file, without touching what is in it. ERROR_SUCCESS, or why not.
static DWORD open_or_make(const char *path, DWORD access, DWORD disposition, DWORD flags, opened *file) {
  bool must_exist = disposition == OPEN_EXISTING || disposition == TRUNCATE_EXISTING;
  int mode = open_flags(access, flags);
  mode_t permissions = flags & FILE_ATTRIBUTE_READONLY ? READ_ONLY_PERMISSIONS : PERMISSIONS;
  if (!must_exist) file->fd = open(path, mode | O_CREAT | O_EXCL, permissions);
  bool has_made = file->fd >= 0;
  if (!has_made && !must_exist && errno != EEXIST) return lw_path_error_(errno, path);
  if (!has_made && disposition == CREATE_NEW) return ERROR_FILE_EXISTS;
  if (!has_made) {
    file->existed = true;
    if (stat(path, &file->status) != 0) return lw_path_error_(errno, path);
    if (S_ISDIR(file->status.st_mode) && !(flags & FILE_FLAG_BACKUP_SEMANTICS)) return ERROR_ACCESS_DENIED;
    if (S_ISDIR(file->status.st_mode)) mode = (mode & ~O_ACCMODE) | O_RDONLY;
    if (!attributes_let(lw_attributes_at_(path, &file->status), access, disposition, flags)) return ERROR_ACCESS_DENIED;
    file->fd = open(path, mode, permissions);
  }
  if (file->fd < 0) return lw_path_error_(errno, path);
  if (has_made && flags & HIDING) lw_attributes_set_(path, flags); // where the system keeps them
  return fstat(file->fd, &file->status) == 0 ? ERROR_SUCCESS : lw_error_of_errno_(errno);
}

/// Makes the object of an opened file, which takes over its descriptor; NULL and the last error.
static HANDLE _Nullable make_handle(const opened *file, DWORD access, DWORD sharing, DWORD disposition, DWORD flags) {
  bool is_device = !S_ISREG(file->status.st_mode) && !S_ISDIR(file->status.st_mode);
  const lw_file_kind *kind = is_device ? &lw_device_kind_ : &lw_disk_kind_;
  HANDLE handle = lw_descriptor_open_(file->fd, kind, access, flags & FILE_FLAG_OVERLAPPED);
  lw_disk_file *made = handle ? lw_disk_file_of_(handle) : NULL;
  if (!made) return NULL;
  DWORD error = is_device ? ERROR_SUCCESS : lw_sharing_enter_(&made->opening, file->fd, access, sharing);
  made->deletes = flags & FILE_FLAG_DELETE_ON_CLOSE;
  bool truncates = file->existed && (disposition == CREATE_ALWAYS || disposition == TRUNCATE_EXISTING);
  if (error == ERROR_SUCCESS && truncates && !is_device) {
    // Another descriptor, because ours may not be allowed to write.
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file->fd);
    if (truncate(path, 0) != 0) error = lw_error_of_errno_(errno);
    if (error == ERROR_SUCCESS) lw_attributes_set_(path, flags);
  }
  lw_disk_file_release_(made);
  if (error == ERROR_SUCCESS) return handle;
  lw_close_handle_(handle);
  lw_failed_(error);
  return NULL;
}

HANDLE lw_disk_open_(const char *path, DWORD access, DWORD sharing, DWORD disposition, DWORD flags) {
  opened file = {.fd = -1};
  if (flags & FILE_FLAG_DELETE_ON_CLOSE) access |= DELETE;
  DWORD error = disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING
                    ? ERROR_INVALID_PARAMETER
                    : open_or_make(path, access, disposition, flags, &file);
  if (error != ERROR_SUCCESS) {
    lw_failed_(error);
    return INVALID_HANDLE_VALUE;
  }
  HANDLE handle = make_handle(&file, access, sharing, disposition, flags);
  if (!handle) return INVALID_HANDLE_VALUE;
  bool says = file.existed && (disposition == CREATE_ALWAYS || disposition == OPEN_ALWAYS);
  SetLastError(says ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return handle;
}
