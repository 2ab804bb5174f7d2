// LW002 in a plain C program whose freed memory is never taken again: the poison is read at exit.
#include <stdlib.h>

int main(void) {
  char *kept = malloc(100);
  free(kept);
  kept[50] = 0;
}
