// LW007: frees a block twice.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  void *block = lw_alloc(arena, 32, 0, true);
  lw_free(arena, block);
  lw_free(arena, block);
  lw_arena_close(arena);
}
