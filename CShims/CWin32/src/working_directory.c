// The working directory, and where temporary files go.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fileapi.h"
#include "lw_utf16.h"
#include "object.h"
#include "paths.h"
#include "processenv.h"

bool lw_own_directory_(char name[LW_PATH_BYTES]) {
  char path[LW_PATH_BYTES - 2];
  if (getcwd(path, sizeof path) && lw_path_name_(path, name, LW_PATH_BYTES)) return true;
  return lw_failed_(ERROR_PATH_NOT_FOUND);
}

DWORD GetCurrentDirectoryA(DWORD size, LPSTR path) {
  char name[LW_PATH_BYTES];
  return lw_own_directory_(name) ? lw_hand_out_(name, path, size) : 0;
}

DWORD GetCurrentDirectoryW(DWORD size, LPWSTR path) {
  char name[LW_PATH_BYTES];
  return lw_own_directory_(name) ? lw_hand_out_wide_(name, path, size) : 0;
}

static BOOL change_directory(DWORD error, const char *path) {
  if (error != ERROR_SUCCESS) return lw_failed_(error);
  struct stat status;
  if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode)) return lw_failed_(ERROR_DIRECTORY);
  return chdir(path) == 0 ? TRUE : lw_failed_(lw_path_error_(errno, path));
}

BOOL SetCurrentDirectoryA(LPCSTR name) {
  if (name && !*name) return lw_failed_(ERROR_INVALID_NAME);
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_(name, path);
  return change_directory(error, path);
}

BOOL SetCurrentDirectoryW(LPCWSTR name) {
  if (name && !*name) return lw_failed_(ERROR_INVALID_NAME);
  char path[LW_PATH_BYTES];
  DWORD error = lw_path_wide_(name, path);
  return change_directory(error, path);
}

// -------------------------------------------------------------------------------------------------- temporary files

static bool temporary_directory(char name[LW_PATH_BYTES]) {
  static const char *const variables[] = {"TMP", "TEMP", "TMPDIR"};
  char value[LW_PATH_BYTES], path[LW_PATH_BYTES];
  DWORD before = GetLastError();
  bool found = false;
  for (size_t i = 0; i < sizeof variables / sizeof *variables && !found; i++) {
    DWORD length = GetEnvironmentVariableA(variables[i], value, sizeof value);
    found = length > 0 && length < sizeof value && lw_path_(value, path) == ERROR_SUCCESS;
  }
  SetLastError(before); // that a variable is not there says nothing
  if (!lw_full_name_(found ? value : "\\tmp", name) || strlen(name) + 2 > LW_PATH_BYTES)
    return lw_failed_(ERROR_FILENAME_EXCED_RANGE);
  if (name[strlen(name) - 1] != '\\') strcat(name, "\\");
  return true;
}

DWORD GetTempPathA(DWORD size, LPSTR path) {
  char name[LW_PATH_BYTES];
  return temporary_directory(name) ? lw_hand_out_(name, path, size) : 0;
}

DWORD GetTempPathW(DWORD size, LPWSTR path) {
  char name[LW_PATH_BYTES];
  return temporary_directory(name) ? lw_hand_out_wide_(name, path, size) : 0;
}

/// The bytes of a prefix that count: its first three characters of UTF-16.
static int prefix_bytes(const char *prefix) {
  size_t bytes = strlen(prefix);
  while (bytes > 0 && (((unsigned char)prefix[bytes] & 0xC0) == 0x80 || lw_utf8_to_utf16_(prefix, bytes, NULL, 0) > 3))
    bytes--;
  return (int)bytes;
}

/// Writes the name for `number` and, with `creates`, makes the file. ERROR_SUCCESS, ERROR_FILE_EXISTS or another.
static DWORD name_temporary(LPCSTR folder, LPCSTR prefix, UINT number, bool creates, char name[MAX_PATH]) {
  char path[LW_PATH_BYTES];
  bool has_end = *folder && strchr("\\/", folder[strlen(folder) - 1]);
  int length = snprintf(name, MAX_PATH, "%s%s%.*s%X.tmp", folder, has_end ? "" : "\\", prefix_bytes(prefix), prefix,
                        number & 0xFFFF);
  if (length >= MAX_PATH) return ERROR_BUFFER_OVERFLOW;
  DWORD error = lw_path_(name, path);
  if (error != ERROR_SUCCESS || !creates) return error;
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) return errno == EEXIST ? ERROR_FILE_EXISTS : lw_path_error_(errno, path);
  close(fd);
  SetLastError(ERROR_SUCCESS); // as CreateFile leaves it
  return ERROR_SUCCESS;
}

UINT GetTempFileNameA(LPCSTR folder, LPCSTR prefix, UINT unique, LPSTR name) {
  char path[LW_PATH_BYTES];
  struct stat status;
  if (!folder || !name) return (UINT)lw_failed_(folder ? ERROR_INVALID_PARAMETER : ERROR_DIRECTORY);
  DWORD error = lw_path_(folder, path);
  if (error != ERROR_SUCCESS || stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
    return (UINT)lw_failed_(ERROR_DIRECTORY);
  static _Atomic UINT next;
  for (UINT tries = 0; tries < 0x10000; tries++) {
    // relaxed: a number to try; the file that does not exist yet decides.
    UINT number = unique ? unique : (UINT)getpid() * 61 + atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    if ((number & 0xFFFF) == 0 && !unique) continue;
    error = name_temporary(folder, prefix ? prefix : "", number, unique == 0, name);
    if (error == ERROR_SUCCESS) return number & 0xFFFF;
    if (error != ERROR_FILE_EXISTS) break;
  }
  return (UINT)lw_failed_(error);
}

UINT GetTempFileNameW(LPCWSTR folder, LPCWSTR prefix, UINT unique, LPWSTR name) {
  char narrow[MAX_PATH], start[MAX_PATH], made[MAX_PATH];
  if (!folder || !name) return (UINT)lw_failed_(folder ? ERROR_INVALID_PARAMETER : ERROR_DIRECTORY);
  const WCHAR empty[] = {0};
  if (!lw_narrow_(folder, narrow, sizeof narrow) || !lw_narrow_(prefix ? prefix : empty, start, sizeof start))
    return (UINT)lw_failed_(ERROR_BUFFER_OVERFLOW);
  UINT number = GetTempFileNameA(narrow, start, unique, made);
  if (number) lw_hand_out_wide_(made, name, MAX_PATH);
  return number;
}
