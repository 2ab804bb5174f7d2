// Attributes of files by name. READONLY is a file without permission to write; HIDDEN and SYSTEM are kept beside it in
// an extended attribute, as Samba and Wine keep them.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "disk_file.h"
#include "error_table.h"
#include "file_times.h"
#include "paths.h"

enum { WRITE_PERMISSIONS = 0222, KEPT_ATTRIBUTES = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM };
static const char attribute_name[] = "user.DOSATTRIB";

DWORD lw_attributes_of_(const struct stat *status) {
  DWORD attributes = S_ISDIR(status->st_mode)   ? FILE_ATTRIBUTE_DIRECTORY
                     : S_ISREG(status->st_mode) ? FILE_ATTRIBUTE_ARCHIVE
                                                : FILE_ATTRIBUTE_DEVICE;
  if (S_ISREG(status->st_mode) && !(status->st_mode & WRITE_PERMISSIONS)) attributes |= FILE_ATTRIBUTE_READONLY;
  return attributes;
}

DWORD lw_attributes_at_(const char *path, const struct stat *status) {
  char text[16] = "";
  ssize_t bytes = getxattr(path, attribute_name, text, sizeof text - 1);
  DWORD kept = bytes > 0 ? (DWORD)strtoul(text, NULL, 16) & KEPT_ATTRIBUTES : 0;
  return lw_attributes_of_(status) | kept;
}

/// What `stat` says of a name; false and the last error.
static bool look(DWORD error, const char *path, struct stat *status) {
  if (error != ERROR_SUCCESS) return lw_failed_(error);
  return stat(path, status) == 0 || lw_failed_(lw_path_error_(errno, path));
}

static DWORD attributes(DWORD error, const char *path) {
  struct stat status;
  return look(error, path, &status) ? lw_attributes_at_(path, &status) : INVALID_FILE_ATTRIBUTES;
}

static BOOL all_attributes(DWORD error, const char *path, GET_FILEEX_INFO_LEVELS level, void *_Nullable data) {
  struct stat status;
  if (level != GetFileExInfoStandard || !data) return lw_failed_(ERROR_INVALID_PARAMETER);
  if (!look(error, path, &status)) return FALSE;
  *(WIN32_FILE_ATTRIBUTE_DATA *)data =
      (WIN32_FILE_ATTRIBUTE_DATA){.dwFileAttributes = lw_attributes_at_(path, &status),
                                  .ftCreationTime = lw_filetime_of_(&status.st_ctim),
                                  .ftLastAccessTime = lw_filetime_of_(&status.st_atim),
                                  .ftLastWriteTime = lw_filetime_of_(&status.st_mtim),
                                  .nFileSizeHigh = (DWORD)((uint64_t)status.st_size >> 32),
                                  .nFileSizeLow = S_ISDIR(status.st_mode) ? 0 : (DWORD)status.st_size};
  return TRUE;
}

DWORD lw_attributes_set_(const char *path, DWORD wanted) {
  struct stat status;
  if (stat(path, &status) != 0) return lw_path_error_(errno, path);
  mode_t mode = status.st_mode & 07777;
  if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode)) return ERROR_ACCESS_DENIED;
  if (S_ISREG(status.st_mode)) {
    mode = wanted & FILE_ATTRIBUTE_READONLY ? mode & ~(mode_t)WRITE_PERMISSIONS
           : mode & WRITE_PERMISSIONS       ? mode
                                            : mode | S_IWUSR;
    if (chmod(path, mode) != 0) return lw_error_of_errno_(errno);
  }
  DWORD kept = wanted & KEPT_ATTRIBUTES;
  if (kept == (lw_attributes_at_(path, &status) & KEPT_ATTRIBUTES)) return ERROR_SUCCESS;
  char text[16];
  int bytes = snprintf(text, sizeof text, "0x%x", kept);
  return setxattr(path, attribute_name, text, (size_t)bytes, 0) == 0 ? ERROR_SUCCESS : lw_error_of_errno_(errno);
}

static BOOL set_attributes(DWORD error, const char *path, DWORD wanted) {
  if (error == ERROR_SUCCESS) error = lw_attributes_set_(path, wanted);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

DWORD GetFileAttributesA(LPCSTR name) {
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_(name, path);
  return attributes(error, path);
}

DWORD GetFileAttributesW(LPCWSTR name) {
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_wide_(name, path);
  return attributes(error, path);
}

BOOL GetFileAttributesExA(LPCSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID data) {
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_(name, path);
  return all_attributes(error, path, level, data);
}

BOOL GetFileAttributesExW(LPCWSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID data) {
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_wide_(name, path);
  return all_attributes(error, path, level, data);
}

BOOL SetFileAttributesA(LPCSTR name, DWORD wanted) {
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_(name, path);
  return set_attributes(error, path, wanted);
}

BOOL SetFileAttributesW(LPCWSTR name, DWORD wanted) {
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_wide_(name, path);
  return set_attributes(error, path, wanted);
}
