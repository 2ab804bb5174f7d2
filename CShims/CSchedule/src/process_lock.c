// The lock between processes: the first byte of a file. The system gives it back when its holder ends, however that
// comes about; a futex in shared memory would stay locked.
#include <errno.h>
#include <fcntl.h>

#include "schedule.h"

static int set(int fd, int how, short type) {
  struct flock first_byte = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
  return fcntl(fd, how, &first_byte);
}

void lw_process_lock_acquire(int fd) {
  while (set(fd, F_OFD_SETLKW, F_WRLCK) != 0)
    if (errno != EINTR) lw_fatal("the system refuses the lock between the processes of a family");
}

void lw_process_lock_release(int fd) { set(fd, F_OFD_SETLK, F_UNLCK); }
