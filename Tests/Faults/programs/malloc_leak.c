// LW011 in a plain C program, on request: a block that is still there at exit, with a byte written behind it (LW010).
#include <stdlib.h>

static char *volatile kept;

int main(void) {
  kept = malloc(100);
  kept[100] = 1;
}
