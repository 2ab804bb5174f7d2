// A detached thread says that it is through, and then lets a lock go that main may have freed meanwhile. With RIGHT it
// says so last.
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

typedef struct registry {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int live;
} registry;

static registry *all;
static sem_t through;

static void *run(void *own) {
  registry *self = own;
#ifndef RIGHT
  sem_post(&through);
#endif
  pthread_mutex_lock(&self->lock);
  self->live--;
  pthread_mutex_unlock(&self->lock);
  pthread_cond_signal(&self->changed);
#ifdef RIGHT
  sem_post(&through);
#endif
  return NULL;
}

int main(void) {
  all = malloc(sizeof *all);
  *all = (registry){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 1};
  sem_init(&through, 0, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, run, all);
  pthread_detach(thread);
  sem_wait(&through);
  free(all);
  return 0;
}
