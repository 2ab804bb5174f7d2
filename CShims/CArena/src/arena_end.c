// What becomes of a whole arena: counted, waited for, taken back, closed.
#include "incident.h"
#include "loan_table.h"
#include "registry.h"
#include "supply.h"
#include "verify.h"

lw_arena_counts lw_arena_count(const lw_arena *arena) {
  lw_arena_counts counts = {.bytes_reserved = arena->bytes,
                            .bytes_used = (uint64_t)atomic_load(&arena->spans_used) << LW_SPAN_SHIFT,
                            .incarnations_retired = atomic_load(&arena->retired_count)};
  uint32_t used = atomic_load(&arena->slots_touched);
  for (uint32_t number = 0; number < used; number++) {
    lw_block_state state = lw_word_state(lw_word_read(&arena->slots[number].word));
    counts.blocks_live += state == LW_BLOCK_LIVE;
    counts.blocks_quarantined +=
        state == LW_BLOCK_FREEING || state == LW_BLOCK_QUARANTINED || state == LW_BLOCK_VERIFYING;
    counts.blocks_retired += state == LW_BLOCK_RETIRED;
  }
  uint32_t loans = atomic_load(&arena->loans_used);
  for (uint32_t i = 0; i < loans; i++) counts.loans_open += LW_FACT(arena->loans[i].state) & LW_LOAN_OPEN;
  return counts;
}

/// The first slot from `number` on that counts loans or writers; `slots_touched` when none does. Sequentially
/// consistent loads: a settle changes the word and then looks for a waiter, the waiter does it the other way round.
static uint32_t next_busy(lw_arena *arena, uint32_t number) {
  uint32_t used = atomic_load(&arena->slots_touched);
  while (number < used && lw_word_is_inert(atomic_load(&arena->slots[number].word))) number++;
  return number;
}

static bool is_settled(lw_arena *arena) {
  return next_busy(arena, 0) == atomic_load(&arena->slots_touched) && atomic_load(&arena->retired_count) == 0;
}

lw_settler lw_settlers_[LW_THREAD_MAX];

/// Whether no thread but this one is in the middle of a settle, of whichever arena: none takes long.
static bool nobody_settles(void) {
  lw_thread_number self = lw_thread_self();
  for (lw_thread_number n = 1, highest = lw_thread_highest(); n <= highest; n++)
    // acquire: pairs with lw_settler_leave_.
    if (n != self && atomic_load_explicit(&lw_settlers_[n].depth, memory_order_acquire) != 0) return false;
  return true;
}

bool lw_arena_wait_settled(lw_arena *arena, lw_time deadline) {
  enum { SOON_NS = 50000 };
  uint32_t busy = 0;
  bool settled = false, in_time = true;
  atomic_store(&arena->waiter, lw_thread_self());
  while (!settled && in_time) {
    lw_time until = deadline;
    // One slot after the other, so that a settle costs the waiter one look and not a walk.
    busy = next_busy(arena, busy);
    if (busy == atomic_load(&arena->slots_touched)) {
      busy = 0;
      bool uncounted = is_settled(arena);
      settled = uncounted && nobody_settles();
      if (settled) break;
      // Who is still at it does not wake anybody any more: that would touch an arena that may be gone.
      lw_time soon = lw_clock_now() + SOON_NS;
      if (uncounted && soon < deadline) until = soon;
    }
    in_time = lw_park(arena, until) != LW_PARK_TIMEOUT || until < deadline;
  }
  atomic_store(&arena->waiter, 0);
  return settled || (is_settled(arena) && nobody_settles());
}

/// Looks at every slot once more before the arena forgets it.
static void verify_all(lw_arena *arena) {
  if (arena->unchecked) return;
  uint32_t used = atomic_load(&arena->slots_touched);
  for (uint32_t number = 0; number < used; number++) {
    lw_slot *slot = &arena->slots[number];
    uint64_t word = lw_word_read(&slot->word);
    if (lw_word_state(word) == LW_BLOCK_QUARANTINED) lw_verify_freed_(arena, number, word);
    if (lw_word_state(word) == LW_BLOCK_LIVE)
      lw_verify_slack_(arena, number, lw_incarnation_of(number, word), lw_shape_requested(LW_FACT(slot->shape)));
  }
}

lw_status lw_arena_reset(lw_arena *arena) {
  if (!is_settled(arena)) return LW_BUSY;
  verify_all(arena);
  lw_lock_acquire(&arena->lock);
  uint32_t used = atomic_load(&arena->slots_touched), spans = atomic_load(&arena->spans_used);
  for (uint32_t number = 0; number < used; number++) {
    lw_slot *slot = &arena->slots[number];
    uint64_t word = lw_word_read(&slot->word), free = lw_word_with_state(word, LW_BLOCK_FREE);
    // relaxed: nobody uses the arena meanwhile, and whoever uses it next comes after its lock's release.
    if (word != free && lw_word_state(word) != LW_BLOCK_RETIRED)
      atomic_store_explicit(&slot->word, free, memory_order_relaxed);
    if (LW_FACT(slot->blamed) != 0) LW_SET_FACT(slot->blamed, 0);
  }
  for (uint32_t span = 0; span < spans; span++) {
    LW_SET_FACT(arena->spans[span].units, 0);
    LW_SET_FACT(arena->spans[span].short_end, 0);
  }
  for (uint32_t i = 0; i < arena->threads; i++) {
    lw_cache *cache = &arena->caches[arena->known_threads[i]];
    cache->ring_first = cache->ring_count = cache->ring_bytes = cache->hand = cache->full_among = 0;
    for (uint32_t size_class = 0; size_class < arena->classes_end; size_class++)
      cache->ready[size_class] = cache->ready_count[size_class] = cache->fresh_takes[size_class] = 0;
  }
  for (uint32_t size_class = 0; size_class < arena->classes_end; size_class++)
    arena->classes[size_class] = (lw_shared_class){0};
  arena->classes_end = 0;
  arena->aside_first = 0;
  arena->aside_count = 0;
  atomic_store(&arena->slots_used, 0);
  atomic_store(&arena->slots_touched, 0);
  atomic_store(&arena->spans_used, 0);
  lw_event(LW_EVENT_RESET, arena->number, arena->number, 0, 0, 0, 0);
  lw_lock_release_quietly(&arena->lock);
  return LW_OK;
}

static void report_leaks(lw_arena *arena, lw_deed closed) {
  uint32_t used = atomic_load(&arena->slots_touched), loans = atomic_load(&arena->loans_used);
  for (uint32_t number = 0; number < used; number++) {
    uint64_t word = lw_word_read(&arena->slots[number].word);
    // A block that is lent cannot be freed: the loan is the leak.
    if (lw_word_state(word) == LW_BLOCK_LIVE && lw_word_loans(word) == 0)
      lw_report_leak_(arena, lw_incarnation_of(number, word), NULL, closed);
  }
  for (uint32_t i = 0; i < loans; i++)
    if (LW_FACT(arena->loans[i].state) & LW_LOAN_OPEN)
      lw_report_leak_(arena, LW_FACT(arena->loans[i].incarnation), &arena->loans[i], closed);
}

/// With open loans nothing is given back (rule 7): the close was the free of every block that is still live.
static void abandon(lw_arena *arena, lw_deed closed) {
  uint32_t used = atomic_load(&arena->slots_touched);
  for (uint32_t number = 0; number < used; number++) {
    lw_slot *slot = &arena->slots[number];
    if (lw_word_state(lw_word_read(&slot->word)) != LW_BLOCK_LIVE) continue;
    LW_SET_FACT(slot->freed_stack, closed.stack);
    LW_SET_FACT(slot->freed_stamp, closed.stamp);
    LW_SET_FACT(slot->freed_thread, (uint16_t)closed.thread);
  }
  atomic_store(&arena->closed, true);
}

static lw_deed examine(lw_arena *arena) {
  lw_deed now = lw_deed_now_(arena->stacks);
  verify_all(arena);
  if (arena->report_leaks) report_leaks(arena, now);
  return now;
}

void lw_arena_examine_(lw_arena *arena) { examine(arena); }

void lw_arena_close(lw_arena *arena) {
  lw_deed closed = examine(arena);
  if (!is_settled(arena)) {
    abandon(arena, closed);
    return;
  }
  uint32_t next_serial = arena->first_serial, loans = atomic_load(&arena->loans_used);
  for (uint32_t i = 0; i < loans; i++) {
    uint32_t serial = lw_loan_state_serial(LW_FACT(arena->loans[i].state));
    if (serial > next_serial) next_serial = serial;
  }
  lw_scope *scope = arena->scope;
  lw_lock_acquire(&arena->lock);
  for (uint32_t i = 0; i < arena->threads; i++) lw_quarantine_end_(&arena->caches[arena->known_threads[i]]);
  lw_lock_release_quietly(&arena->lock);
  lw_registry_forget_(arena, next_serial);
  lw_pages_release(arena->base, arena->bytes);
  lw_pages_release(arena->bookkeeping, arena->bookkeeping_bytes);
  lw_scope_arena_closed_(scope);
}
