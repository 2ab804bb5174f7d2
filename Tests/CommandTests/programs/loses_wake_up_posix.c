// The program of loses_wake_up.c with POSIX threads.
#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static atomic_int ready;

static void *wake(void *argument) {
  (void)argument;
  atomic_store(&ready, 1); // without the lock
  pthread_cond_signal(&changed);
  return NULL;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, wake, NULL);
  pthread_mutex_lock(&lock);
  if (!atomic_load(&ready)) pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  pthread_join(thread, NULL);
  return 0;
}
