// LW007 in a program that exits while a thread waits for input and holds its stream: the end must neither wait for that
// thread nor lose what stands in the buffer of standard output.
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t holds_stream;

static void *read_for_ever(void *context) {
  flockfile(stdin);
  sem_post(&holds_stream);
  getchar_unlocked();
  return context;
}

int main(void) {
  int ends[2];
  if (pipe(ends) != 0 || dup2(ends[0], STDIN_FILENO) < 0) return 2;
  pthread_t reader;
  sem_init(&holds_stream, 0, 0);
  pthread_create(&reader, NULL, read_for_ever, NULL);
  sem_wait(&holds_stream);
  printf("buffered");
  void *block = malloc(24);
  free(block);
  free(block);
}
