// The C run time's calls that take names of files, for Windows programs: the names are Windows'. Files are opened as
// they are; there is no text mode that turns line ends into two characters.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lw_paths.h"
#include "lw_utf16.h"

enum { MODE_BYTES = 16 };

/// The path of a name; false and errno when it is none.
static bool path_of(const char *_Nullable name, char path[LW_PATH_BYTES]) {
  if (lw_path_(name, path) == 0) return true;
  errno = ENOENT;
  return false;
}

static bool path_of_wide(const uint16_t *_Nullable name, char path[LW_PATH_BYTES]) {
  if (lw_path_wide_(name, path) == 0) return true;
  errno = ENOENT;
  return false;
}

/// Microsoft's letters of a mode that libc has, with those that it has not left out.
static void mode_of(const char *from, char mode[MODE_BYTES]) {
  size_t used = 0;
  for (; *from && *from != ',' && used < MODE_BYTES - 2; from++) {
    if (strchr("rwab+x", *from)) mode[used++] = *from;
  }
  mode[used++] = 'e'; // as on Windows, children do not have it
  mode[used] = 0;
}

FILE *lw_llp64_fopen(const char *name, const char *mode) {
  char path[LW_PATH_BYTES], own[MODE_BYTES];
  mode_of(mode, own);
  return path_of(name, path) ? fopen(path, own) : NULL;
}

FILE *lw_llp64_freopen(const char *name, const char *mode, FILE *stream) {
  char path[LW_PATH_BYTES], own[MODE_BYTES];
  mode_of(mode, own);
  if (!name) return freopen(NULL, own, stream);
  return path_of(name, path) ? freopen(path, own, stream) : NULL;
}

FILE *lw_llp64__wfopen(const uint16_t *name, const uint16_t *mode) {
  char path[LW_PATH_BYTES], narrow[MODE_BYTES * LW_UTF8_BYTES_OF_UNIT], own[MODE_BYTES];
  if (!lw_narrow_(mode, narrow, sizeof narrow)) {
    errno = EINVAL;
    return NULL;
  }
  mode_of(narrow, own);
  return path_of_wide(name, path) ? fopen(path, own) : NULL;
}

int lw_llp64_fopen_s(FILE **stream, const char *name, const char *mode) {
  *stream = lw_llp64_fopen(name, mode);
  return *stream ? 0 : errno;
}

int lw_llp64__wfopen_s(FILE **stream, const uint16_t *name, const uint16_t *mode) {
  *stream = lw_llp64__wfopen(name, mode);
  return *stream ? 0 : errno;
}

/// A file, not a folder and not a device.
static int delete_path(const char *path) {
  struct stat status;
  if (lstat(path, &status) != 0) return -1;
  if (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode)) return unlink(path);
  errno = EACCES;
  return -1;
}

int lw_llp64_remove(const char *name) {
  char path[LW_PATH_BYTES];
  return path_of(name, path) ? delete_path(path) : -1;
}

int lw_llp64__wremove(const uint16_t *name) {
  char path[LW_PATH_BYTES];
  return path_of_wide(name, path) ? delete_path(path) : -1;
}

int lw_llp64_rename(const char *from, const char *to) {
  char source[LW_PATH_BYTES], target[LW_PATH_BYTES];
  struct stat status;
  if (!path_of(from, source) || !path_of(to, target)) return -1;
  // Unlike the system's, Microsoft's does not replace.
  bool exists = lstat(target, &status) == 0;
  errno = EEXIST;
  return exists ? -1 : rename(source, target);
}

int lw_llp64__access(const char *name, int mode) {
  char path[LW_PATH_BYTES];
  return path_of(name, path) ? access(path, mode & (R_OK | W_OK)) : -1;
}

int lw_llp64__mkdir(const char *name) {
  enum { PERMISSIONS = 0777 };
  char path[LW_PATH_BYTES];
  return path_of(name, path) ? mkdir(path, PERMISSIONS) : -1;
}

int lw_llp64__rmdir(const char *name) {
  char path[LW_PATH_BYTES];
  return path_of(name, path) ? rmdir(path) : -1;
}
