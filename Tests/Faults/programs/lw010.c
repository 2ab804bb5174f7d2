// LW010: writes one byte behind the end of a live block; it is seen when the block is freed.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  char *block = lw_alloc(arena, 30, 0, true);
  lw_store8(block + 30, 0);
  lw_free(arena, block);
  lw_arena_close(arena);
}
