// LW007: frees an address in the middle of a block.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  char *block = lw_alloc(arena, 32, 0, true);
  lw_free(arena, block + 16);
  lw_free(arena, block);
  lw_arena_close(arena);
}
