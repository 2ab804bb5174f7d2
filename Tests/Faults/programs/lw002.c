// LW002: a checked write arrives after its block was freed.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  void *block = lw_alloc(arena, 32, 0, true);
  lw_loan loan = lw_lend(block, "ReadFile", 7, LW_HOLDER_KERNEL, NULL);
  lw_free(arena, block);
  uint64_t value = 0x103;
  lw_write_bytes(loan, 8, &value, sizeof value);
  lw_settle(loan);
  lw_arena_close(arena);
}
