// rand for Windows programs: the sequence of Microsoft's C run time, which each thread has for itself.
#include <stdint.h>

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

static _Thread_local uint32_t state = 1;

void lw_llp64_srand(unsigned seed) { state = seed; }

int lw_llp64_rand(void) {
  state = state * 214013u + 2531011u;
  return (int)(state >> 16 & 0x7FFF);
}
