// A thread reads from a pipe that nobody writes to: it blocks in the system, where no controller can see why.
#include <pthread.h>
#include <unistd.h>

static int ends[2];

static void *reads(void *nothing) {
  char byte;
  return read(ends[0], &byte, 1) == 1 ? ends : nothing;
}

int main(void) {
  pthread_t reader;
  if (pipe(ends) != 0) return 70;
  pthread_create(&reader, NULL, reads, NULL);
  pthread_join(reader, NULL);
  return 0;
}
