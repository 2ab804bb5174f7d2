// The C run time's calls on descriptors, for Windows programs: 32-bit offsets, names that are Windows', flags of
// <fcntl.h>.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "lw_paths.h"
#include "sysinfoapi.h"

enum { TEXT = 0x4000, BINARY = 0x8000, DEFAULT_PERMISSIONS = 0666 };

static int32_t narrow(off_t at) {
  if (at <= INT32_MAX) return (int32_t)at;
  errno = EOVERFLOW;
  return -1;
}

static int open_path(const char *name, int flags, mode_t permissions) {
  char path[LW_PATH_BYTES];
  if (lw_path_(name, path) == 0) return open(path, (flags & ~(TEXT | BINARY)) | O_CLOEXEC, permissions);
  errno = ENOENT;
  return -1;
}

int lw_llp64__open(const char *name, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  int permissions = flags & O_CREAT ? va_arg(arguments, int) : 0;
  va_end(arguments);
  // Microsoft's have no groups: who may read or write, all may.
  mode_t all = permissions & S_IWUSR ? DEFAULT_PERMISSIONS : DEFAULT_PERMISSIONS & ~0222;
  return open_path(name, flags, flags & O_CREAT && permissions ? all : DEFAULT_PERMISSIONS);
}

int lw_llp64__creat(const char *name, int permissions) {
  return lw_llp64__open(name, O_CREAT | O_WRONLY | O_TRUNC, permissions);
}

int32_t lw_llp64__lseek(int file, int32_t offset, int origin) { return narrow(lseek(file, offset, origin)); }

/// 0, as Microsoft's has it.
int lw_llp64__dup2(int from, int to) { return dup2(from, to) < 0 ? -1 : 0; }

int lw_llp64__chsize(int file, int32_t bytes) { return ftruncate(file, bytes); }

int32_t lw_llp64__filelength(int file) {
  struct stat status;
  return fstat(file, &status) == 0 ? narrow(status.st_size) : -1;
}

int lw_llp64__setmode(int file, int mode) {
  if (mode == TEXT || mode == BINARY) return fcntl(file, F_GETFD) >= 0 ? BINARY : -1;
  errno = EINVAL;
  return -1;
}

int lw_llp64_gettimeofday(int32_t now[2], void *zone) {
  enum { TICKS_PER_SECOND = 10000000, TICKS_PER_US = 10 };
  static const uint64_t SECONDS_1601_TO_1970 = 11644473600;
  (void)zone;
  FILETIME time;
  GetSystemTimeAsFileTime(&time);
  uint64_t ticks = (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
  now[0] = (int32_t)(ticks / TICKS_PER_SECOND - SECONDS_1601_TO_1970);
  now[1] = (int32_t)(ticks % TICKS_PER_SECOND / TICKS_PER_US);
  return 0;
}
