// Files and folders by name: made, deleted, moved, copied. Deleting and moving respect who has the file open.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk_file.h"
#include "error_table.h"
#include "paths.h"

enum { NEW_FOLDER_PERMISSIONS = 0777, NEW_FILE_PERMISSIONS = 0666 };

static BOOL result(DWORD error) { return error == ERROR_SUCCESS ? TRUE : lw_failed_(error); }

/// Whether a name may be taken away: devices (NUL is one) are not this layer's to touch.
static bool is_removable(const struct stat *status) {
  return S_ISREG(status->st_mode) || S_ISDIR(status->st_mode) || S_ISLNK(status->st_mode);
}

/// Opens the file of a name as a deleter does, for a moment. ERROR_SUCCESS with `fd` and a claim; or why not.
static DWORD claim_for_deletion(const char *path, int *fd, lw_opening *opening) {
  struct stat status;
  if (lstat(path, &status) != 0) return lw_path_error_(errno, path);
  if (!is_removable(&status)) return ERROR_ACCESS_DENIED;
  *fd = open(path, O_PATH | O_CLOEXEC);
  if (*fd < 0) return lw_path_error_(errno, path);
  DWORD error = lw_sharing_enter_(opening, *fd, DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
  if (error != ERROR_SUCCESS) close(*fd);
  return error;
}

static DWORD delete_file(const char *path) {
  struct stat status;
  if (lstat(path, &status) != 0) return lw_path_error_(errno, path);
  if (S_ISDIR(status.st_mode) || lw_attributes_of_(&status) & FILE_ATTRIBUTE_READONLY) return ERROR_ACCESS_DENIED;
  int fd = -1;
  lw_opening opening;
  DWORD error = claim_for_deletion(path, &fd, &opening);
  if (error != ERROR_SUCCESS || fd < 0) return error;
  lw_sharing_delete_(&opening, true);
  // Whoever still has it open deletes it at the end.
  if (lw_sharing_leave_(&opening) && unlink(path) != 0) error = lw_error_of_errno_(errno);
  close(fd);
  return error;
}

static DWORD remove_folder(const char *path) {
  if (rmdir(path) == 0) return ERROR_SUCCESS;
  return errno == ENOTDIR ? ERROR_DIRECTORY : errno == EEXIST ? ERROR_DIR_NOT_EMPTY : lw_path_error_(errno, path);
}

static DWORD make_folder(const char *path) {
  return mkdir(path, NEW_FOLDER_PERMISSIONS) == 0 ? ERROR_SUCCESS : lw_path_error_(errno, path);
}

// ----------------------------------------------------------------------------------------------------------- copying

static DWORD copy_data(int from, int to) {
  for (;;) {
    ssize_t moved = sendfile(to, from, NULL, 1 << 30);
    if (moved == 0) return ERROR_SUCCESS;
    if (moved < 0 && errno != EINTR) return lw_error_of_errno_(errno);
  }
}

/// Why the target of a copy cannot be written, as far as it exists already.
static DWORD check_copy(const struct stat *source, const char *to, bool must_be_new) {
  struct stat target;
  if (stat(to, &target) != 0) return ERROR_SUCCESS;
  if (must_be_new) return ERROR_FILE_EXISTS;
  if (!S_ISREG(target.st_mode) || lw_attributes_of_(&target) & FILE_ATTRIBUTE_READONLY) return ERROR_ACCESS_DENIED;
  bool is_same = target.st_dev == source->st_dev && target.st_ino == source->st_ino;
  return is_same ? ERROR_SHARING_VIOLATION : ERROR_SUCCESS;
}

/// Copies an opened and claimed file to a name.
static DWORD copy_to(int source, const struct stat *status, const char *to, bool must_be_new) {
  int made = open(to, O_WRONLY | O_CREAT | O_CLOEXEC | (must_be_new ? O_EXCL : 0), NEW_FILE_PERMISSIONS);
  if (made < 0) return errno == EEXIST ? ERROR_FILE_EXISTS : lw_path_error_(errno, to);
  lw_opening writing;
  DWORD error = lw_sharing_enter_(&writing, made, FILE_WRITE_DATA, 0);
  if (error == ERROR_SUCCESS) {
    if (ftruncate(made, 0) != 0) error = lw_error_of_errno_(errno);
    if (error == ERROR_SUCCESS) error = copy_data(source, made);
    if (error == ERROR_SUCCESS && fchmod(made, status->st_mode & 0777) != 0) error = lw_error_of_errno_(errno);
    lw_sharing_leave_(&writing);
  }
  close(made);
  return error;
}

static DWORD copy_file(const char *from, const char *to, bool must_be_new) {
  struct stat status;
  int source = open(from, O_RDONLY | O_CLOEXEC);
  if (source < 0) return lw_path_error_(errno, from);
  lw_opening reading;
  DWORD error = fstat(source, &status) != 0 || !S_ISREG(status.st_mode)
                    ? ERROR_ACCESS_DENIED
                    : lw_sharing_enter_(&reading, source, FILE_READ_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE);
  if (error == ERROR_SUCCESS) {
    error = check_copy(&status, to, must_be_new);
    if (error == ERROR_SUCCESS) error = copy_to(source, &status, to, must_be_new);
    lw_sharing_leave_(&reading);
  }
  close(source);
  return error;
}

// ------------------------------------------------------------------------------------------------------------ moving

/// The target may not exist, or (when it is replaced) must be a file that nobody keeps from being deleted.
static DWORD check_target(const char *to, bool replaces) {
  struct stat status;
  if (lstat(to, &status) != 0) return ERROR_SUCCESS;
  if (!replaces) return ERROR_ALREADY_EXISTS;
  if (lw_attributes_of_(&status) & (FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_DIRECTORY)) return ERROR_ACCESS_DENIED;
  int fd = -1;
  lw_opening opening;
  DWORD error = claim_for_deletion(to, &fd, &opening);
  if (error != ERROR_SUCCESS || fd < 0) return error == ERROR_SHARING_VIOLATION ? ERROR_ACCESS_DENIED : error;
  lw_sharing_leave_(&opening);
  close(fd);
  return ERROR_SUCCESS;
}

DWORD lw_path_move_(const char *from, const char *to, bool replaces) {
  struct stat target, source;
  // Another case of the same name is no other file.
  bool is_same = stat(to, &target) == 0 && stat(from, &source) == 0 && target.st_dev == source.st_dev &&
                 target.st_ino == source.st_ino;
  DWORD error = is_same ? ERROR_SUCCESS : check_target(to, replaces);
  if (error != ERROR_SUCCESS) return error;
  return rename(from, to) == 0 ? ERROR_SUCCESS : errno == EXDEV ? ERROR_NOT_SAME_DEVICE : lw_path_error_(errno, to);
}

static DWORD move_file(const char *from, const char *to, DWORD flags) {
  int fd = -1;
  lw_opening opening;
  DWORD error = claim_for_deletion(from, &fd, &opening);
  if (error != ERROR_SUCCESS || fd < 0) return error;
  error = lw_path_move_(from, to, flags & MOVEFILE_REPLACE_EXISTING);
  if (error == ERROR_NOT_SAME_DEVICE && flags & MOVEFILE_COPY_ALLOWED) {
    error = copy_file(from, to, false);
    if (error == ERROR_SUCCESS && unlink(from) != 0) error = lw_error_of_errno_(errno);
  }
  lw_sharing_leave_(&opening);
  close(fd);
  return error;
}

// ------------------------------------------------------------------------------------------------------------- calls

#define ONE_NAME(function, act)                                                                                        \
  BOOL function##A(LPCSTR name) {                                                                                      \
    char path[LW_PATH_BYTES];                                                                                          \
    DWORD error = lw_path_(name, path);                                                                                \
    return result(error == ERROR_SUCCESS ? act(path) : error);                                                         \
  }                                                                                                                    \
  BOOL function##W(LPCWSTR name) {                                                                                     \
    char path[LW_PATH_BYTES];                                                                                          \
    DWORD error = lw_path_wide_(name, path);                                                                           \
    return result(error == ERROR_SUCCESS ? act(path) : error);                                                         \
  }

ONE_NAME(DeleteFile, delete_file)
ONE_NAME(RemoveDirectory, remove_folder)

BOOL CreateDirectoryA(LPCSTR name, LPSECURITY_ATTRIBUTES attributes) {
  (void)attributes;
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_(name, path);
  return result(error == ERROR_SUCCESS ? make_folder(path) : error);
}

BOOL CreateDirectoryW(LPCWSTR name, LPSECURITY_ATTRIBUTES attributes) {
  (void)attributes;
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_wide_(name, path);
  return result(error == ERROR_SUCCESS ? make_folder(path) : error);
}

BOOL CopyFileA(LPCSTR from, LPCSTR to, BOOL must_be_new) {
  char source[LW_PATH_BYTES], target[LW_PATH_BYTES];
  DWORD error = lw_path_(from, source);
  if (error == ERROR_SUCCESS) error = lw_path_(to, target);
  return result(error == ERROR_SUCCESS ? copy_file(source, target, must_be_new) : error);
}

BOOL CopyFileW(LPCWSTR from, LPCWSTR to, BOOL must_be_new) {
  char source[LW_PATH_BYTES], target[LW_PATH_BYTES];
  DWORD error = lw_path_wide_(from, source);
  if (error == ERROR_SUCCESS) error = lw_path_wide_(to, target);
  return result(error == ERROR_SUCCESS ? copy_file(source, target, must_be_new) : error);
}

BOOL MoveFileExA(LPCSTR from, LPCSTR to, DWORD flags) {
  char source[LW_PATH_BYTES], target[LW_PATH_BYTES];
  DWORD error = lw_path_(from, source);
  if (error == ERROR_SUCCESS) error = lw_path_(to, target);
  return result(error == ERROR_SUCCESS ? move_file(source, target, flags) : error);
}

BOOL MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags) {
  char source[LW_PATH_BYTES], target[LW_PATH_BYTES];
  DWORD error = lw_path_wide_(from, source);
  if (error == ERROR_SUCCESS) error = lw_path_wide_(to, target);
  return result(error == ERROR_SUCCESS ? move_file(source, target, flags) : error);
}

BOOL MoveFileA(LPCSTR from, LPCSTR to) { return MoveFileExA(from, to, MOVEFILE_COPY_ALLOWED); }
BOOL MoveFileW(LPCWSTR from, LPCWSTR to) { return MoveFileExW(from, to, MOVEFILE_COPY_ALLOWED); }
