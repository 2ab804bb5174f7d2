// A thread that is told to stop ends with the mutex in its hands, when it has been told already: the next one waits for
// good.
#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int is_stopped;

static void *work(void *context) {
  pthread_mutex_lock(&lock);
  if (!is_stopped) pthread_mutex_unlock(&lock);
  return context;
}

static void *stop(void *context) {
  is_stopped = 1;
  return context;
}

int main(void) {
  pthread_t worker, stopper;
  if (pthread_create(&worker, NULL, work, NULL) != 0) return 3;
  if (pthread_create(&stopper, NULL, stop, NULL) != 0) return 3;
  pthread_join(worker, NULL);
  if (pthread_create(&worker, NULL, work, NULL) != 0) return 3;
  pthread_join(worker, NULL);
  pthread_join(stopper, NULL);
  return 0;
}
