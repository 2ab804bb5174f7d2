// Disk files and what else the system knows by a descriptor: folders, devices, the standard streams.
#pragma once

#include "file.h"
#include "file_sharing.h"
#include "paths.h"

#pragma clang assume_nonnull begin

typedef struct lw_disk_file {
  lw_file file;
  int fd;
  bool deletes; ///< FILE_FLAG_DELETE_ON_CLOSE
  lw_opening opening;
  _Atomic bool never_waits; ///< a standard stream with PIPE_NOWAIT
  _Atomic int stands_for;   ///< the C run time's stream that ends with it: its number and 1; 0: none
} lw_disk_file;

/// A regular file or a folder, and what has no position: devices and redirected standard streams.
extern const lw_file_kind lw_disk_kind_, lw_device_kind_, lw_stream_pipe_kind_, lw_stream_disk_kind_;

/// Opens a disk file by a path of the system; as CreateFile does. INVALID_HANDLE_VALUE and the last error.
HANDLE _Nullable lw_disk_open_(const char *path, DWORD access, DWORD sharing, DWORD disposition, DWORD flags);
/// A file for a descriptor, which it takes over on success, with the caller's reference. NULL and
/// ERROR_NOT_ENOUGH_MEMORY.
lw_disk_file *_Nullable lw_descriptor_file_(int fd, const lw_file_kind *kind, DWORD access, bool overlapped);
/// A handle for a descriptor, which it takes over on success. NULL and ERROR_NOT_ENOUGH_MEMORY.
HANDLE _Nullable lw_descriptor_open_(int fd, const lw_file_kind *kind, DWORD access, bool overlapped);
/// The disk file, device or stream of a handle, with a reference for the caller; NULL and ERROR_INVALID_HANDLE, or
/// `otherwise` for a pipe end or a socket. `api` is the function that reports name.
lw_disk_file *_Nullable lw_disk_file_for_(HANDLE _Nullable handle, const char *api, DWORD otherwise);
/// The same in the API function that it stands in.
#define lw_disk_file_of_(handle) lw_disk_file_for_(handle, __func__, ERROR_INVALID_HANDLE)
static inline void lw_disk_file_release_(lw_disk_file *file) { lw_file_release_(&file->file); }

/// The name that a file has now: where it was opened may have been renamed. False for what has no name on a disk.
bool lw_disk_path_(int fd, char path[_Nonnull LW_PATH_BYTES]);
/// Gives a file another name: ERROR_ALREADY_EXISTS when there is a file of that one, unless it `replaces` it.
DWORD lw_path_move_(const char *from, const char *to, bool replaces);

/// (stream_pipe.c) Answers of a standard stream that is a pipe what lw_pipe_ask_ answers of a pipe end.
struct lw_pipe_question;
DWORD lw_stream_pipe_ask_(lw_disk_file *file, struct lw_pipe_question *question, char *_Nullable to);
/// Whether reading it would wait.
bool lw_stream_pipe_is_empty_(const lw_disk_file *file);
/// (standard_streams.c) A file is closed: so is the stream that it stands for.
void lw_standard_stream_ends_(const lw_disk_file *file);

/// Reads or writes for an operation, on whatever thread, and returns its final status with `transferred` set.
DWORD lw_disk_transfer_(lw_operation *operation);
/// Has the disk thread do the same and complete the operation.
void lw_disk_queue_(lw_operation *operation);
/// Takes an operation off the disk thread's list; false when that has begun it.
bool lw_disk_withdraw_(lw_operation *operation);

/// GetFileAttributes of what `stat` says; the third also looks up what is kept beside the file. The first sets them,
/// and returns ERROR_SUCCESS or why it cannot.
struct stat;
DWORD lw_attributes_set_(const char *path, DWORD wanted);
DWORD lw_attributes_of_(const struct stat *status);
DWORD lw_attributes_at_(const char *path, const struct stat *status);

#pragma clang assume_nonnull end
