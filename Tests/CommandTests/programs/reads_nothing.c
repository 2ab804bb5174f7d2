// A thread reads from a pipe that nobody writes to: it blocks in the system, where no controller can see why.
#include <pthread.h>
#include <sys/uio.h>
#include <unistd.h>

static int ends[2];

static void *reads(void *nothing) {
  char byte;
  struct iovec room = {.iov_base = &byte, .iov_len = 1};
  return readv(ends[0], &room, 1) == 1 ? ends : nothing;
}

int main(void) {
  pthread_t reader;
  if (pipe(ends) != 0) return 70;
  pthread_create(&reader, NULL, reads, NULL);
  pthread_join(reader, NULL);
  return 0;
}
