// Peterson's lock of C11 atomics, its two announcements in the wrong order: both threads may be inside.
#include <stdatomic.h>
#include <stdint.h>
#include <threads.h>

static atomic_int wants[2], turn, inside, met;

static int enters(void *context) {
  int self = (int)(intptr_t)context, other = 1 - self;
#ifdef RIGHT
  atomic_store(&wants[self], 1);
  atomic_store(&turn, other);
#else
  atomic_store(&turn, other);
  atomic_store(&wants[self], 1);
#endif
  while (atomic_load(&wants[other]) && atomic_load(&turn) == other) continue;
  if (atomic_fetch_add(&inside, 1) != 0) met = 1;
  atomic_fetch_sub(&inside, 1);
  atomic_store(&wants[self], 0);
  return 0;
}

int main(void) {
  thrd_t threads[2];
  for (int i = 0; i < 2; i++) thrd_create(&threads[i], enters, (void *)(intptr_t)i);
  for (int i = 0; i < 2; i++) thrd_join(threads[i], NULL);
  return met ? 5 : 0;
}
