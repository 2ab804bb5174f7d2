// A counter of references that is decremented once more than it was counted: the block is gone, and nobody lent it.
#include <stdatomic.h>
#include <stdlib.h>

typedef struct shared {
  char name[8];
  atomic_int references;
} shared;

static void release(shared *self) {
  if (atomic_fetch_sub(&self->references, 1) == 1) free(self);
}

int main(void) {
  shared *made = malloc(sizeof *made);
  atomic_init(&made->references, 1);
  release(made);
  release(made);
  return 0;
}
