// The raw file of a process that had a finding. It is written only by system calls and a shared mapping: whatever state
// the program is in, and even if the next instruction kills it, what was found is in the page cache. Its blocks are
// allocated before it is mapped, so that a full disk is an error here and not a SIGBUS in the middle of a record.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "scope.h"

void lw_raw_file_path_(char path[_Nonnull LW_RAW_PATH_BYTES]) {
  snprintf(path, LW_RAW_PATH_BYTES, "%s/latewrite.%d.raw", lw_option_log_path_(), getpid());
}

/// Two threads may make the file at once, each its own; the one whose recorder wins gives its file the final name.
static void temporary_path(char path[_Nonnull LW_RAW_PATH_BYTES]) {
  snprintf(path, LW_RAW_PATH_BYTES, "%s/.latewrite.%d.%d.tmp", lw_option_log_path_(), getpid(), gettid());
}

/// Allocates the file's blocks. 0 or an error number.
static int allocate(int fd, size_t bytes) {
  struct rlimit limit;
  // Beyond the limit the kernel would send SIGXFSZ, which ends a program that did nothing wrong.
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < bytes) return EFBIG;
  return posix_fallocate(fd, 0, (off_t)bytes);
}

lw_record_file *_Nullable lw_raw_file_make_(const lw_record_file *head, size_t bytes) {
  char path[LW_RAW_PATH_BYTES];
  temporary_path(path);
  // A name left over from a process that had the same number is removed; O_EXCL then makes sure that the file is ours.
  unlink(path);
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return NULL;
  int error = allocate(fd, bytes);
  lw_record_file *file = MAP_FAILED;
  if (error == 0) {
    file = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED) error = errno;
  }
  close(fd);
  if (error != 0) {
    unlink(path);
    errno = error;
    return NULL;
  }
  memcpy(file, head, sizeof *head);
  return file;
}

bool lw_raw_file_publish_(void) {
  char from[LW_RAW_PATH_BYTES], to[LW_RAW_PATH_BYTES];
  temporary_path(from);
  lw_raw_file_path_(to);
  return rename(from, to) == 0;
}

void lw_raw_file_discard_(void) {
  char path[LW_RAW_PATH_BYTES];
  temporary_path(path);
  unlink(path);
}

void lw_raw_file_refused_(int error, size_t bytes) {
  char sentence[512];
  int length =
      snprintf(sentence, sizeof sentence,
               "latewrite: no raw record can be written in %.200s (%s): findings are printed but not kept; set "
               "log_path in LATEWRITE_OPTIONS to a directory that takes a file of %zu KiB\n",
               lw_option_log_path_(), strerrordesc_np(error), bytes / 1024);
  ssize_t ignored = write(STDERR_FILENO, sentence, (size_t)length);
  (void)ignored;
}
