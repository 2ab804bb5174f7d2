// The file pointer, sizes, and what else is asked of an open disk file.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk_file.h"
#include "error_table.h"
#include "file_times.h"

/// The file of a handle that has a file pointer; NULL and the last error, which is `otherwise` for a pipe or a socket.
static lw_disk_file *_Nullable positioned(HANDLE _Nullable handle, const char *api, DWORD otherwise) {
  lw_disk_file *file = lw_disk_file_for_(handle, api, otherwise);
  if (!file || file->file.kind == &lw_disk_kind_) return file;
  lw_disk_file_release_(file);
  lw_failed_(ERROR_SEEK_ON_DEVICE);
  return NULL;
}

static bool size_of(const lw_disk_file *file, uint64_t *size) {
  struct stat status;
  if (fstat(file->fd, &status) != 0) return lw_failed_(lw_error_of_errno_(errno));
  *size = (uint64_t)status.st_size;
  return true;
}

// ------------------------------------------------------------------------------------------------------ file pointer

BOOL SetFilePointerEx(HANDLE handle, LARGE_INTEGER distance, LARGE_INTEGER *position, DWORD method) {
  lw_disk_file *file = positioned(handle, __func__, ERROR_BAD_DEV_TYPE);
  if (!file) return FALSE;
  static const int bases[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  off_t moved = method > FILE_END ? -1 : lseek(file->fd, distance.QuadPart, bases[method]);
  lw_disk_file_release_(file);
  if (moved < 0) return lw_failed_(method > FILE_END ? ERROR_INVALID_PARAMETER : ERROR_NEGATIVE_SEEK);
  if (position) position->QuadPart = moved;
  return TRUE;
}

DWORD SetFilePointer(HANDLE handle, LONG distance, LONG *distance_high, DWORD method) {
  LARGE_INTEGER from = {.QuadPart = distance}, to;
  if (distance_high) from = (LARGE_INTEGER){.LowPart = (DWORD)distance, .HighPart = *distance_high};
  if (!SetFilePointerEx(handle, from, &to, method)) return INVALID_SET_FILE_POINTER;
  if (!distance_high && to.HighPart != 0) {
    lw_failed_(ERROR_INVALID_PARAMETER);
    return INVALID_SET_FILE_POINTER;
  }
  if (distance_high) *distance_high = to.HighPart;
  if (to.LowPart == INVALID_SET_FILE_POINTER) SetLastError(ERROR_SUCCESS);
  return to.LowPart;
}

BOOL SetEndOfFile(HANDLE handle) {
  lw_disk_file *file = positioned(handle, __func__, ERROR_INVALID_FUNCTION);
  if (!file) return FALSE;
  DWORD error = !(file->file.access & FILE_WRITE_DATA)                   ? ERROR_ACCESS_DENIED
                : ftruncate(file->fd, lseek(file->fd, 0, SEEK_CUR)) == 0 ? ERROR_SUCCESS
                                                                         : lw_error_of_errno_(errno);
  lw_disk_file_release_(file);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

// ------------------------------------------------------------------------------------------------------------- sizes

BOOL GetFileSizeEx(HANDLE handle, LARGE_INTEGER *size) {
  if (!size) return lw_failed_(ERROR_INVALID_PARAMETER);
  lw_disk_file *file = lw_disk_file_for_(handle, __func__, ERROR_INVALID_FUNCTION);
  if (!file) return FALSE;
  uint64_t bytes = 0;
  bool known = file->file.kind->type == FILE_TYPE_DISK ? size_of(file, &bytes) : lw_failed_(ERROR_INVALID_FUNCTION);
  lw_disk_file_release_(file);
  if (known) size->QuadPart = (LONGLONG)bytes;
  return known;
}

DWORD GetFileSize(HANDLE handle, DWORD *high) {
  LARGE_INTEGER size;
  if (!GetFileSizeEx(handle, &size)) return INVALID_FILE_SIZE;
  if (high) *high = (DWORD)size.HighPart;
  if (size.LowPart == INVALID_FILE_SIZE) SetLastError(ERROR_SUCCESS);
  return size.LowPart;
}

// ------------------------------------------------------------------------------------------------------- information

BOOL GetFileInformationByHandle(HANDLE handle, BY_HANDLE_FILE_INFORMATION *information) {
  if (!information) return lw_failed_(ERROR_INVALID_PARAMETER);
  lw_disk_file *file = lw_disk_file_for_(handle, __func__, ERROR_INVALID_FUNCTION);
  if (!file) return FALSE;
  struct stat status;
  bool known = file->file.kind->type == FILE_TYPE_DISK && fstat(file->fd, &status) == 0;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file->fd);
  DWORD attributes = known ? lw_attributes_at_(path, &status) : 0;
  lw_disk_file_release_(file);
  if (!known) return lw_failed_(ERROR_INVALID_FUNCTION);
  *information = (BY_HANDLE_FILE_INFORMATION){.dwFileAttributes = attributes,
                                              .ftCreationTime = lw_filetime_of_(&status.st_ctim),
                                              .ftLastAccessTime = lw_filetime_of_(&status.st_atim),
                                              .ftLastWriteTime = lw_filetime_of_(&status.st_mtim),
                                              .dwVolumeSerialNumber = (DWORD)status.st_dev,
                                              .nFileSizeHigh = (DWORD)((uint64_t)status.st_size >> 32),
                                              .nFileSizeLow = (DWORD)status.st_size,
                                              .nNumberOfLinks = (DWORD)status.st_nlink,
                                              .nFileIndexHigh = (DWORD)((uint64_t)status.st_ino >> 32),
                                              .nFileIndexLow = (DWORD)status.st_ino};
  return TRUE;
}

BOOL GetFileTime(HANDLE handle, FILETIME *created, FILETIME *accessed, FILETIME *written) {
  BY_HANDLE_FILE_INFORMATION information;
  if (!GetFileInformationByHandle(handle, &information)) return FALSE;
  if (created) *created = information.ftCreationTime;
  if (accessed) *accessed = information.ftLastAccessTime;
  if (written) *written = information.ftLastWriteTime;
  return TRUE;
}

BOOL SetFileTime(HANDLE handle, const FILETIME *created, const FILETIME *accessed, const FILETIME *written) {
  (void)created; // the system keeps none that can be set
  lw_disk_file *file = lw_disk_file_for_(handle, __func__, ERROR_INVALID_FUNCTION);
  if (!file) return FALSE;
  struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_OMIT}};
  if (accessed) times[0] = lw_timespec_of_(accessed);
  if (written) times[1] = lw_timespec_of_(written);
  DWORD error = !(file->file.access & FILE_WRITE_ATTRIBUTES) ? ERROR_ACCESS_DENIED
                : futimens(file->fd, times) == 0             ? ERROR_SUCCESS
                                                             : lw_error_of_errno_(errno);
  lw_disk_file_release_(file);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}
