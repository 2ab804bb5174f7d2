// LW003: a checked write through an old loan lands in the new owner of the address, as it does with most allocators.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  config.reuse = LW_REUSE_IMMEDIATE;
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  void *block = lw_alloc(arena, 32, 0, true);
  lw_loan loan = lw_lend(block, "ReadFile", 7, LW_HOLDER_KERNEL, NULL);
  lw_free(arena, block);
  void *newcomer = lw_alloc(arena, 32, 0, true);
  uint64_t value = 0x103;
  lw_write_bytes(loan, 0, &value, sizeof value);
  lw_settle(loan);
  lw_free(arena, newcomer);
  lw_arena_close(arena);
}
