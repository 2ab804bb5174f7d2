// LW013: frees a block between the begin and the end of a borrower's write.
#include "lw_arena.h"

int main(void) {
  lw_arena_config config = lw_arena_config_default();
  lw_status status;
  lw_arena *arena = lw_arena_open(&config, &status);
  void *block = lw_alloc(arena, 32, 0, true);
  lw_loan loan = lw_lend(block, "ReadFile", 7, LW_HOLDER_KERNEL, NULL);
  lw_write write = lw_write_begin(loan, 0, 8);
  lw_free(arena, block);
  lw_store64(write.address, 0x103);
  lw_write_end(&write);
  lw_settle(loan);
  lw_arena_close(arena);
}
