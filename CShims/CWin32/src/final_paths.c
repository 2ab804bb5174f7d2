// The name that an open file has now: GetFinalPathNameByHandle.
#include <stdio.h>

#include "disk_file.h"
#include "fileapi.h"

enum { NAME_BYTES = LW_PATH_BYTES + sizeof "\\\\?\\C:" };

/// Writes the name of a handle's file; false and the last error.
static bool final_name(HANDLE _Nullable handle, DWORD flags, char name[NAME_BYTES]) {
  lw_disk_file *file = lw_disk_file_of_(handle);
  if (!file) return false;
  char path[LW_PATH_BYTES], windows[LW_PATH_BYTES];
  bool has_name = lw_disk_path_(file->fd, path) && lw_path_name_(path, windows, sizeof windows);
  lw_disk_file_release_(file);
  if (!has_name) return lw_failed_(ERROR_INVALID_FUNCTION);
  bool without_drive = flags & VOLUME_NAME_NONE;
  snprintf(name, NAME_BYTES, "%s%s", without_drive ? "" : "\\\\?\\", windows + (without_drive ? 2 : 0));
  return true;
}

static bool knows(DWORD flags) {
  return !(flags & ~(DWORD)(VOLUME_NAME_NONE | FILE_NAME_OPENED)) || lw_failed_(ERROR_INVALID_PARAMETER);
}

DWORD GetFinalPathNameByHandleA(HANDLE file, LPSTR path, DWORD size, DWORD flags) {
  char name[NAME_BYTES];
  return knows(flags) && final_name(file, flags, name) ? lw_hand_out_(name, path, size) : 0;
}

DWORD GetFinalPathNameByHandleW(HANDLE file, LPWSTR path, DWORD size, DWORD flags) {
  char name[NAME_BYTES];
  return knows(flags) && final_name(file, flags, name) ? lw_hand_out_wide_(name, path, size) : 0;
}
