// LW002: a raw store of zeros into a freed block, which nobody announced, is found by reading the poison.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  char *block = lw_alloc(arena, 32, 0, true);
  lw_free(arena, block);
  *(uint64_t *)(void *)(block + 8) = 0;
  lw_arena_check(arena);
  lw_arena_close(arena);
}
