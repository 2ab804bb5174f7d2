// The stack of pops_stale.c in C11: atomic operations that the compiler itself makes.
#include <stdatomic.h>
#include <stdlib.h>
#include <threads.h>

typedef struct node {
  struct node *next;
} node;

static _Atomic(node *) top;

static node *pop(void) {
  node *first = top;
  while (first && !atomic_compare_exchange_weak(&top, &first, first->next)) continue;
  return first;
}

static void push(node *added) {
  added->next = top;
  while (!atomic_compare_exchange_weak(&top, &added->next, added)) continue;
}

static int takes_one(void *nothing) {
  (void)nothing;
  free(pop());
  return 0;
}

static int gives_one_back(void *nothing) {
  (void)nothing;
  node *kept = pop();
  free(pop());
  if (kept) push(kept);
  return 0;
}

int main(void) {
  for (int i = 0; i < 3; i++) push(malloc(sizeof(node)));
  thrd_t threads[2];
  thrd_create(&threads[0], takes_one, NULL);
  thrd_create(&threads[1], gives_one_back, NULL);
  for (int i = 0; i < 2; i++) thrd_join(threads[i], NULL);
  free(pop());
  return top != NULL;
}
