// LW011: closes an arena with a block that was never freed and another whose loan was never settled.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  lw_alloc(arena, 32, 0, true);
  lw_lend(lw_alloc(arena, 48, 0, true), "ReadFile", 7, LW_HOLDER_KERNEL, NULL);
  lw_arena_close(arena);
}
