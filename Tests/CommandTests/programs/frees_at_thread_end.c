// The destructor of thread-specific data frees what another thread has a pointer to.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

static pthread_key_t key;
static _Atomic(int *) lent;

static void *owner(void *nothing) {
  int *own = malloc(sizeof *own);
  pthread_setspecific(key, own);
  lent = own;
  return nothing;
}

static void *borrower(void *nothing) {
  int *other = lent;
  if (other) *other = 1;
  return nothing;
}

int main(void) {
  pthread_key_create(&key, free);
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, owner, NULL);
  pthread_create(&threads[1], NULL, borrower, NULL);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  return 0;
}
