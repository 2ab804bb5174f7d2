// One range of bytes a slot, in one atomic word. It is stored before the write that it excuses begins.
#include "blame.h"

#include "retired.h"

void lw_blame_(lw_slot *slot, uint64_t offset, uint64_t bytes) {
  if (bytes == 0 || offset > UINT32_MAX) return;
  uint64_t before = atomic_load(&slot->blamed), after;
  do {
    uint64_t first = offset, end = offset + bytes;
    if (before != 0) {
      uint64_t old_end = (before >> 32) + (uint32_t)before;
      if (before >> 32 < first) first = before >> 32;
      if (old_end > end) end = old_end;
    }
    uint64_t length = end - first > UINT32_MAX ? UINT32_MAX : end - first;
    after = first << 32 | length;
  } while (!atomic_compare_exchange_weak(&slot->blamed, &before, after));
}

void lw_blame_writers_(lw_arena *arena, lw_incarnation incarnation) {
  uint32_t used = atomic_load(&arena->loans_used);
  for (uint32_t i = 0; i < used; i++) {
    lw_loan_record *record = &arena->loans[i];
    uint64_t access = LW_FACT(record->access);
    if (access != 0 && LW_FACT(record->incarnation) == incarnation)
      lw_blame_(&arena->slots[lw_incarnation_slot(incarnation)], access >> 32, (uint32_t)access);
  }
}

void lw_blame_forget_(lw_arena *arena, uint32_t number) {
  if (atomic_load(&arena->retired_count) == 0 || !lw_retired_writes_(arena, number))
    LW_SET_FACT(arena->slots[number].blamed, 0);
}
