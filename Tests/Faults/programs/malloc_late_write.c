// LW002 in a plain C program: a write through a pointer that was freed. The damage is found when the memory is taken
// for another block.
#include <stdlib.h>

int main(void) {
  int *kept = malloc(40 * sizeof *kept);
  free(kept);
  kept[3] = 0;
  for (int i = 0; i < 5000; i++) free(malloc(40 * sizeof *kept));
}
