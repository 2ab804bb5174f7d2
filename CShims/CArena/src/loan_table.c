// Spare loan records flow in batches: a wait thread that only settles gives to the arena what a loop that only lends
// takes from it.
#include "loan_table.h"

#include "registry.h"

static void refill(lw_arena *arena, lw_cache *cache) {
  lw_lock_acquire(&arena->lock);
  while (arena->spare_loans != 0 && cache->loan_count < arena->loan_batch) {
    uint32_t taken = arena->spare_loans;
    arena->spare_loans = arena->loans[taken - 1].link;
    arena->loans[taken - 1].link = cache->loans;
    cache->loans = taken;
    cache->loan_count++;
  }
  uint32_t used = LW_FACT(arena->loans_used);
  while (used < arena->loans_max && cache->loan_count < arena->loan_batch) {
    arena->loans[used].link = cache->loans;
    cache->loans = ++used;
    cache->loan_count++;
  }
  // release: a walk over the records finds them zeroed or in use.
  atomic_store_explicit(&arena->loans_used, used, memory_order_release);
  lw_lock_release_quietly(&arena->lock);
}

uint32_t lw_loan_take_(lw_arena *arena) {
  lw_cache *cache = lw_cache_of_(arena, lw_thread_self());
  if (__builtin_expect(cache->loans == 0, 0)) refill(arena, cache);
  uint32_t taken = cache->loans;
  if (taken == 0) return 0;
  cache->loans = arena->loans[taken - 1].link;
  cache->loan_count--;
  return taken;
}

static void share(lw_arena *arena, lw_cache *cache) {
  lw_lock_acquire(&arena->lock);
  for (uint32_t i = 0; i < arena->loan_batch; i++) {
    uint32_t given = cache->loans;
    cache->loans = arena->loans[given - 1].link;
    arena->loans[given - 1].link = arena->spare_loans;
    arena->spare_loans = given;
    cache->loan_count--;
  }
  lw_lock_release_quietly(&arena->lock);
}

void lw_loan_give_(lw_arena *arena, uint32_t index) {
  lw_loan_record *record = &arena->loans[index];
  // A record whose serials are used up rests, so that no name is ever given twice.
  if (lw_loan_state_serial(LW_FACT(record->state)) == LW_LOAN_SERIAL_MAX) return;
  lw_cache *cache = lw_cache_of_(arena, lw_thread_self());
  record->link = cache->loans;
  cache->loans = index + 1;
  cache->loan_count++;
  if (__builtin_expect(cache->loan_count > 2 * arena->loan_batch, 0)) share(arena, cache);
}

lw_loan_record *lw_loan_find_(lw_loan loan, lw_arena **arena) {
  lw_arena *found = lw_arena_numbered_(lw_loan_arena(loan));
  // relaxed: a bound only; the record's state decides.
  if (!found || lw_loan_index(loan) >= atomic_load_explicit(&found->loans_used, memory_order_relaxed)) return NULL;
  lw_loan_record *record = &found->loans[lw_loan_index(loan)];
  // acquire: pairs with the lend that stored the record's facts.
  uint64_t state = atomic_load_explicit(&record->state, memory_order_acquire);
  if (lw_loan_state_serial(state) != lw_loan_serial(loan) || !(state & LW_LOAN_OPEN)) return NULL;
  *arena = found;
  return record;
}

lw_loan_record *lw_loan_of_(lw_arena *arena, lw_incarnation incarnation) {
  uint32_t used = atomic_load(&arena->loans_used);
  uint32_t newest = LW_FACT(arena->slots[lw_incarnation_slot(incarnation)].newest_loan);
  lw_loan_record *settled = NULL;
  if (newest != 0 && newest <= used && LW_FACT(arena->loans[newest - 1].incarnation) == incarnation) {
    settled = &arena->loans[newest - 1];
    if (LW_FACT(settled->state) & LW_LOAN_OPEN) return settled;
  }
  for (uint32_t i = 0; i < used; i++) {
    lw_loan_record *record = &arena->loans[i];
    if (LW_FACT(record->incarnation) == incarnation && (LW_FACT(record->state) & LW_LOAN_OPEN)) return record;
  }
  return settled;
}
