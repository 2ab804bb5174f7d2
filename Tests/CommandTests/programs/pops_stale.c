// A stack of nodes, built from Interlocked calls: a pop that was overtaken between its look and its exchange finds the
// same node on top, though another one lies beneath it now (ABA).
#include <stdlib.h>
#include <windows.h>

typedef struct node {
  struct node *next;
} node;

static node *volatile top;

static BOOL exchange(node *next, node *expected) {
  return InterlockedCompareExchangePointer((void *volatile *)&top, next, expected) == expected;
}

static node *pop(void) {
  for (;;) {
    node *first = top;
    if (!first || exchange(first->next, first)) return first;
  }
}

static void push(node *added) {
  do added->next = top;
  while (!exchange(added, added->next));
}

static DWORD WINAPI takes_one(void *nothing) {
  (void)nothing;
  free(pop());
  return 0;
}

static DWORD WINAPI gives_one_back(void *nothing) {
  (void)nothing;
  node *kept = pop();
  free(pop());
  if (kept) push(kept);
  return 0;
}

int main(void) {
  for (int i = 0; i < 3; i++) push(malloc(sizeof(node)));
  HANDLE threads[] = {CreateThread(NULL, 0, takes_one, NULL, 0, NULL),
                      CreateThread(NULL, 0, gives_one_back, NULL, 0, NULL)};
  WaitForMultipleObjects(2, threads, TRUE, INFINITE);
  for (int i = 0; i < 2; i++) CloseHandle(threads[i]);
  free(pop());
  return top != NULL;
}
