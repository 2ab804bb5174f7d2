// LW001: frees a block while somebody else may still write into it. Nothing is written late here, and it is a finding.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  void *block = lw_alloc(arena, 32, 0, true);
  lw_loan loan = lw_lend(block, "ReadFile", 7, LW_HOLDER_KERNEL, NULL);
  lw_free(arena, block);
  lw_settle(loan);
  lw_arena_close(arena);
}
