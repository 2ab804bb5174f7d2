// The entry of programs that have `wmain`. A member of its own in the archive, so that only a program without `main` of
// its own gets it.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lw_schedule.h"
#include "lw_utf16.h"

int wmain(int count, uint16_t **arguments);

int main(int count, char **arguments) {
  uint16_t **wide = calloc((size_t)count + 1, sizeof *wide);
  for (int i = 0; i < count && wide; i++) {
    size_t bytes = strlen(arguments[i]);
    wide[i] = calloc(bytes + 1, sizeof **wide);
    if (!wide[i]) lw_fatal("there is no memory for the program's arguments");
    lw_utf8_to_utf16_(arguments[i], bytes, wide[i], bytes);
  }
  if (!wide) lw_fatal("there is no memory for the program's arguments");
  return wmain(count, wide);
}
