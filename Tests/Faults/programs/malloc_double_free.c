// LW007 in a plain C program.
#include <stdlib.h>

int main(void) {
  void *block = malloc(24);
  free(block);
  free(block);
}
