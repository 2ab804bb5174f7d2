// An open file by classes of information: its times and attributes, a new name, its deletion, its size.
#include "fileextd.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk_file.h"
#include "error_table.h"
#include "file_times.h"
#include "lw_utf16.h"
#include "paths.h"

static DWORD last_errno(bool failed) { return failed ? lw_error_of_errno_(errno) : ERROR_SUCCESS; }

// ----------------------------------------------------------------------------------------------------------- setting

static struct timespec time_to_set(LARGE_INTEGER time) {
  FILETIME file_time = {.dwLowDateTime = time.LowPart, .dwHighDateTime = (DWORD)time.HighPart};
  if (time.QuadPart == 0 || time.QuadPart == -1) return (struct timespec){.tv_nsec = UTIME_OMIT};
  return lw_timespec_of_(&file_time);
}

static DWORD set_basic(lw_disk_file *file, const FILE_BASIC_INFO *basic) {
  if (!(file->file.access & FILE_WRITE_ATTRIBUTES)) return ERROR_ACCESS_DENIED;
  char path[LW_PATH_BYTES];
  struct timespec times[] = {time_to_set(basic->LastAccessTime), time_to_set(basic->LastWriteTime)};
  DWORD error = last_errno(futimens(file->fd, times) != 0);
  if (error != ERROR_SUCCESS || basic->FileAttributes == 0) return error;
  return lw_disk_path_(file->fd, path) ? lw_attributes_set_(path, basic->FileAttributes) : ERROR_INVALID_FUNCTION;
}

static DWORD set_name(lw_disk_file *file, const FILE_RENAME_INFO *rename, DWORD bytes) {
  WCHAR name[LW_PATH_BYTES];
  char from[LW_PATH_BYTES], to[LW_PATH_BYTES];
  size_t units = rename->FileNameLength / sizeof(WCHAR);
  if (rename->RootDirectory) return ERROR_INVALID_PARAMETER;
  if (rename->FileNameLength > bytes - offsetof(FILE_RENAME_INFO, FileName) || units >= LW_PATH_BYTES)
    return ERROR_BAD_LENGTH;
  if (!(file->file.access & DELETE)) return ERROR_ACCESS_DENIED;
  for (size_t i = 0; i < units; i++) name[i] = rename->FileName[i];
  name[units] = 0;
  DWORD error = lw_path_wide_(name, to);
  if (error != ERROR_SUCCESS) return error;
  return lw_disk_path_(file->fd, from) ? lw_path_move_(from, to, rename->ReplaceIfExists) : ERROR_INVALID_FUNCTION;
}

static DWORD set_deletion(lw_disk_file *file, bool deletes) {
  struct stat status;
  if (!(file->file.access & DELETE) || !file->opening.node) return ERROR_ACCESS_DENIED;
  if (fstat(file->fd, &status) != 0) return lw_error_of_errno_(errno);
  if (deletes && lw_attributes_of_(&status) & FILE_ATTRIBUTE_READONLY) return ERROR_ACCESS_DENIED;
  lw_sharing_delete_(&file->opening, deletes);
  return ERROR_SUCCESS;
}

static DWORD set_size(lw_disk_file *file, LONGLONG size, bool may_grow) {
  struct stat status;
  if (!(file->file.access & FILE_WRITE_DATA)) return ERROR_ACCESS_DENIED;
  if (size < 0) return ERROR_INVALID_PARAMETER;
  if (!may_grow && fstat(file->fd, &status) == 0 && status.st_size <= size) return ERROR_SUCCESS;
  return last_errno(ftruncate(file->fd, size) != 0);
}

/// The bytes that a class has at least; 0 for one that cannot be set.
static DWORD bytes_to_set(FILE_INFO_BY_HANDLE_CLASS what) {
  switch (what) {
  case FileBasicInfo:
    return sizeof(FILE_BASIC_INFO);
  case FileRenameInfo:
    return sizeof(FILE_RENAME_INFO);
  case FileDispositionInfo:
    return sizeof(FILE_DISPOSITION_INFO);
  case FileAllocationInfo:
    return sizeof(FILE_ALLOCATION_INFO);
  case FileEndOfFileInfo:
    return sizeof(FILE_END_OF_FILE_INFO);
  default:
    return 0;
  }
}

static DWORD set(lw_disk_file *file, FILE_INFO_BY_HANDLE_CLASS what, const void *information, DWORD bytes) {
  switch (what) {
  case FileBasicInfo:
    return set_basic(file, information);
  case FileRenameInfo:
    return set_name(file, information, bytes);
  case FileDispositionInfo:
    return set_deletion(file, ((const FILE_DISPOSITION_INFO *)information)->DeleteFile);
  case FileAllocationInfo:
    return set_size(file, ((const FILE_ALLOCATION_INFO *)information)->AllocationSize.QuadPart, false);
  default:
    return set_size(file, ((const FILE_END_OF_FILE_INFO *)information)->EndOfFile.QuadPart, true);
  }
}

/// The regular file or folder of a handle, with a reference; NULL and the last error.
static lw_disk_file *_Nullable file_of(HANDLE _Nullable handle, const char *api) {
  lw_disk_file *file = lw_disk_file_for_(handle, api, ERROR_INVALID_HANDLE);
  if (!file || file->file.kind == &lw_disk_kind_) return file;
  lw_disk_file_release_(file);
  lw_failed_(ERROR_INVALID_PARAMETER);
  return NULL;
}

BOOL SetFileInformationByHandle(HANDLE handle, FILE_INFO_BY_HANDLE_CLASS what, LPVOID information, DWORD bytes) {
  DWORD least = bytes_to_set(what);
  if (least == 0) return lw_failed_(ERROR_CALL_NOT_IMPLEMENTED);
  lw_disk_file *file = file_of(handle, __func__);
  if (!file) return FALSE;
  DWORD error = bytes < least ? ERROR_BAD_LENGTH : information ? set(file, what, information, bytes) : ERROR_NOACCESS;
  lw_disk_file_release_(file);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}

// ----------------------------------------------------------------------------------------------------------- getting

static LARGE_INTEGER large(const struct timespec *time) {
  FILETIME file_time = lw_filetime_of_(time);
  return (LARGE_INTEGER){.LowPart = file_time.dwLowDateTime, .HighPart = (LONG)file_time.dwHighDateTime};
}

static void get_basic(const lw_disk_file *file, const struct stat *status, FILE_BASIC_INFO *basic) {
  char path[LW_PATH_BYTES];
  bool known = lw_disk_path_(file->fd, path);
  *basic = (FILE_BASIC_INFO){.CreationTime = large(&status->st_ctim),
                             .LastAccessTime = large(&status->st_atim),
                             .LastWriteTime = large(&status->st_mtim),
                             .ChangeTime = large(&status->st_ctim),
                             .FileAttributes = known ? lw_attributes_at_(path, status) : lw_attributes_of_(status)};
}

static void get_standard(const lw_disk_file *file, const struct stat *status, FILE_STANDARD_INFO *standard) {
  bool is_folder = S_ISDIR(status->st_mode);
  bool deletes = lw_sharing_is_deleted_(&file->opening);
  // A file that is to be deleted has one link less, as Windows counts.
  *standard = (FILE_STANDARD_INFO){.AllocationSize.QuadPart = is_folder ? 0 : status->st_blocks * 512,
                                   .EndOfFile.QuadPart = is_folder ? 0 : status->st_size,
                                   .NumberOfLinks = is_folder ? 1 : (DWORD)status->st_nlink - deletes,
                                   .DeletePending = deletes,
                                   .Directory = is_folder};
}

/// The name without its drive, as far as there is room: ERROR_MORE_DATA where that is too little.
static DWORD get_name(const lw_disk_file *file, FILE_NAME_INFO *info, DWORD bytes) {
  enum { DRIVE = 2 };
  char path[LW_PATH_BYTES], name[LW_PATH_BYTES];
  if (!lw_disk_path_(file->fd, path) || !lw_path_name_(path, name, sizeof name)) return ERROR_INVALID_PARAMETER;
  size_t room = (bytes - offsetof(FILE_NAME_INFO, FileName)) / sizeof(WCHAR), length = strlen(name + DRIVE);
  size_t units = lw_utf8_to_utf16_(name + DRIVE, length, info->FileName, room);
  info->FileNameLength = (DWORD)(units * sizeof(WCHAR));
  return units <= room ? ERROR_SUCCESS : ERROR_MORE_DATA;
}

/// The bytes that a class has at least; 0 for one that is not told.
static DWORD bytes_to_get(FILE_INFO_BY_HANDLE_CLASS what) {
  switch (what) {
  case FileBasicInfo:
    return sizeof(FILE_BASIC_INFO);
  case FileStandardInfo:
    return sizeof(FILE_STANDARD_INFO);
  case FileNameInfo:
    return sizeof(FILE_NAME_INFO);
  case FileAttributeTagInfo:
    return sizeof(FILE_ATTRIBUTE_TAG_INFO);
  default:
    return 0;
  }
}

static DWORD get(const lw_disk_file *file, FILE_INFO_BY_HANDLE_CLASS what, void *information, DWORD bytes) {
  struct stat status;
  FILE_BASIC_INFO basic;
  if (fstat(file->fd, &status) != 0) return lw_error_of_errno_(errno);
  get_basic(file, &status, &basic);
  switch (what) {
  case FileBasicInfo:
    *(FILE_BASIC_INFO *)information = basic;
    return ERROR_SUCCESS;
  case FileStandardInfo:
    get_standard(file, &status, information);
    return ERROR_SUCCESS;
  case FileNameInfo:
    return get_name(file, information, bytes);
  default:
    *(FILE_ATTRIBUTE_TAG_INFO *)information = (FILE_ATTRIBUTE_TAG_INFO){.FileAttributes = basic.FileAttributes};
    return ERROR_SUCCESS;
  }
}

BOOL GetFileInformationByHandleEx(HANDLE handle, FILE_INFO_BY_HANDLE_CLASS what, LPVOID information, DWORD bytes) {
  DWORD least = bytes_to_get(what);
  if (least == 0)
    return lw_failed_(what < MaximumFileInfoByHandleClass ? ERROR_CALL_NOT_IMPLEMENTED : ERROR_INVALID_PARAMETER);
  lw_disk_file *file = file_of(handle, __func__);
  if (!file) return FALSE;
  DWORD error = bytes < least ? ERROR_BAD_LENGTH : information ? get(file, what, information, bytes) : ERROR_NOACCESS;
  lw_disk_file_release_(file);
  return error == ERROR_SUCCESS ? TRUE : lw_failed_(error);
}
