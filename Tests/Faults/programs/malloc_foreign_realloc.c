// LW007 in a plain C program: reallocates an address that no allocator handed out.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  static char array[64];
  printf("%p\n", realloc(array, 128));
}
