// A thread reads from the number of a descriptor that another file gets meanwhile: it waits for that file then.
#include <pthread.h>
#include <unistd.h>

enum { NUMBER = 40 };

static void *take(void *nothing) {
  char byte;
  ssize_t bytes = read(NUMBER, &byte, 1); // EBADF, or the byte
  (void)bytes;
  return nothing;
}

int main(void) {
  int ends[2];
  if (pipe(ends) != 0) return 3;
  pthread_t reader;
  pthread_create(&reader, NULL, take, NULL);
  if (dup2(ends[0], NUMBER) != NUMBER) return 4;
  if (write(ends[1], "x", 1) != 1) return 5;
  pthread_join(reader, NULL);
  return 0;
}
