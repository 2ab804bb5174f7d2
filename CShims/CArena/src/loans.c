// Loans: lent by one compare-and-swap on the word of a live block, settled by one on the loan (so that it happens once)
// and one on the word.
#include <stdio.h>
#include <unistd.h>

#include "loan_table.h"
#include "registry.h"
#include "retired.h"
#include "subject.h"
#include "verify.h"

static lw_loan refuse(lw_status *_Nullable status, lw_status why) {
  if (status) *status = why;
  return (lw_loan){0};
}

static void say_no_records(lw_arena *arena) {
  if (atomic_exchange(&arena->loans_said, true)) return;
  char sentence[256];
  int length = snprintf(sentence, sizeof sentence, "latewrite: arena \"%s\": %s (it has %u)\n", arena->name,
                        lw_status_sentence(LW_LOANS_EXHAUSTED), arena->loans_max);
  ssize_t ignored = write(STDERR_FILENO, sentence, (size_t)length);
  (void)ignored;
}

/// Opens the record under the next serial. Nobody has its name yet.
static uint32_t open_record(lw_arena *arena, lw_loan_record *record, const char *api, uint64_t operation,
                            lw_holder holder) {
  uint32_t serial = lw_loan_state_serial(LW_FACT(record->state));
  serial = (serial < arena->first_serial ? arena->first_serial : serial) + 1;
  LW_SET_FACT(record->operation, operation);
  LW_SET_FACT(record->api, api);
  LW_SET_FACT(record->structure, 0);
  LW_SET_FACT(record->access, 0);
  LW_SET_FACT(record->cancelled_thread, 0);
  LW_SET_FACT(record->written_thread, 0);
  LW_SET_FACT(record->lent_thread, (uint16_t)lw_thread_self());
  // release: whoever finds the loan open, by its name or in a walk, finds its facts.
  atomic_store_explicit(&record->state, lw_loan_state(serial, holder), memory_order_release);
  return serial;
}

/// Counts the loan in the word. LW_OK or why not.
static lw_status enter_word(lw_arena *arena, const lw_place *place, lw_loan_record *record, lw_loan loan) {
  uint64_t before = lw_word_read(&place->slot->word), after;
  do {
    if (lw_word_state(before) != LW_BLOCK_LIVE) return LW_NOT_A_BLOCK;
    if (lw_word_loans(before) == LW_WORD_LOANS_MAX) return LW_BLOCK_LOANS_FULL;
    LW_SET_FACT(record->incarnation, lw_incarnation_of(place->number, before));
    after = before + 1;
  } while (!lw_word_change(&place->slot->word, &before, after));
  lw_event(LW_EVENT_LEND, arena->number, lw_incarnation_of(place->number, before), before, after, loan.bits, 0);
  return LW_OK;
}

lw_loan lw_lend_(void *block, const char *api, uint64_t operation, lw_holder holder, lw_status *status) {
  lw_arena *arena = lw_arena_at_(block);
  lw_place place = {0};
  if (arena) place = lw_place_of_(arena, block);
  if (!place.slot || place.within != 0 || atomic_load(&arena->closed)) return refuse(status, LW_NOT_A_BLOCK);
  if (__builtin_expect(atomic_load(&arena->lends_no_more), 0)) return refuse(status, LW_RETIRED_EXHAUSTED);
  lw_point(LW_POINT_LEND, block, LW_ACCESS_WRITE);
  uint32_t taken = lw_loan_take_(arena);
  if (__builtin_expect(taken == 0, 0)) {
    say_no_records(arena);
    return refuse(status, LW_LOANS_EXHAUSTED);
  }
  lw_loan_record *record = &arena->loans[taken - 1];
  if (arena->stacks != LW_STACKS_OFF) {
    LW_SET_FACT(record->lent_stack, lw_stack_capture(arena->stacks));
    LW_SET_FACT(record->lent_stamp, lw_clock_stamp());
  }
  lw_loan loan = lw_loan_named(arena->number, taken - 1, open_record(arena, record, api, operation, holder));
  lw_status entered = enter_word(arena, &place, record, loan);
  if (__builtin_expect(entered != LW_OK, 0)) {
    LW_SET_FACT(record->incarnation, 0);
    atomic_fetch_and(&record->state, ~(uint64_t)LW_LOAN_OPEN);
    lw_loan_give_(arena, taken - 1);
    return refuse(status, entered);
  }
  LW_SET_FACT(place.slot->newest_loan, taken);
  if (status) *status = LW_OK;
  return loan;
}

void lw_loan_pass(lw_loan loan, lw_holder holder) {
  lw_arena *arena;
  lw_loan_record *record = lw_loan_find_(loan, &arena);
  if (!record) return;
  uint64_t before = lw_loan_state(lw_loan_serial(loan), LW_HOLDER_USER);
  // The first guess may be wrong; the loan may be settled meanwhile.
  while (!atomic_compare_exchange_weak(&record->state, &before, lw_loan_state(lw_loan_serial(loan), holder)))
    if (lw_loan_state_serial(before) != lw_loan_serial(loan) || !(before & LW_LOAN_OPEN)) return;
}

/// Takes the loan out of the word, or out of the record of its retired incarnation. True: its block is freed.
static bool leave_word(lw_arena *arena, lw_incarnation incarnation, lw_loan loan) {
  lw_slot *slot = &arena->slots[lw_incarnation_slot(incarnation)];
  uint64_t before = lw_word_read(&slot->word);
  do {
    if (lw_word_generation(before) != lw_incarnation_generation(incarnation)) {
      lw_retired_settle_(arena, incarnation, loan);
      return false;
    }
  } while (!lw_word_change(&slot->word, &before, before - 1));
  lw_event(LW_EVENT_SETTLE, arena->number, incarnation, before, before - 1, loan.bits, 0);
  return lw_word_state(before) == LW_BLOCK_QUARANTINED;
}

lw_status lw_settle(lw_loan loan) {
  lw_arena *arena;
  lw_loan_record *record = lw_loan_find_(loan, &arena);
  if (!record) return LW_LOAN_SETTLED;
  lw_incarnation incarnation = LW_FACT(record->incarnation);
  lw_point(LW_POINT_SETTLE, record, LW_ACCESS_WRITE);
  uint64_t state = atomic_load(&record->state);
  do {
    if (lw_loan_state_serial(state) != lw_loan_serial(loan) || !(state & LW_LOAN_OPEN)) return LW_LOAN_SETTLED;
  } while (!atomic_compare_exchange_weak(&record->state, &state, state & ~(uint64_t)LW_LOAN_OPEN));
  lw_settler *self = lw_settler_enter_();
  bool freed = leave_word(arena, incarnation, loan);
  lw_loan_give_(arena, lw_loan_index(loan));
  if (__builtin_expect(freed, 0)) lw_verify_if_freed_(arena, (uint32_t)lw_incarnation_slot(incarnation));
  lw_arena_wake_waiter_(arena);
  lw_settler_leave_(self);
  return LW_OK;
}

lw_incarnation lw_loan_incarnation(lw_loan loan) {
  lw_arena *arena;
  lw_loan_record *record = lw_loan_find_(loan, &arena);
  return record ? LW_FACT(record->incarnation) : 0;
}

uint64_t lw_loan_operation(lw_loan loan) {
  lw_arena *arena;
  lw_loan_record *record = lw_loan_find_(loan, &arena);
  return record ? LW_FACT(record->operation) : 0;
}

void lw_loan_cancelled_(lw_loan loan) {
  lw_arena *arena;
  lw_loan_record *record = lw_loan_find_(loan, &arena);
  if (!record) return;
  lw_deed cancelled = lw_deed_now_(arena->stacks);
  LW_SET_FACT(record->cancelled_stack, cancelled.stack);
  LW_SET_FACT(record->cancelled_stamp, cancelled.stamp);
  LW_SET_FACT(record->cancelled_thread, (uint16_t)cancelled.thread);
}

void lw_loan_of_structure_(lw_loan loan, size_t offset) {
  lw_arena *arena;
  lw_loan_record *record = lw_loan_find_(loan, &arena);
  if (record) LW_SET_FACT(record->structure, (uint32_t)offset + 1);
}

bool lw_structure_is_lent_(const void *block, size_t offset) {
  lw_arena *arena = lw_arena_at_(block);
  lw_place place = {0};
  if (arena) place = lw_place_of_(arena, block);
  if (!place.slot) return false;
  uint64_t word = lw_word_read(&place.slot->word);
  if (lw_word_state(word) != LW_BLOCK_LIVE || lw_word_loans(word) == 0) return false;
  lw_incarnation incarnation = lw_incarnation_of(place.number, word);
  uint32_t used = atomic_load(&arena->loans_used);
  for (uint32_t i = 0; i < used; i++) {
    lw_loan_record *record = &arena->loans[i];
    if (LW_FACT(record->structure) == offset + 1 && LW_FACT(record->incarnation) == incarnation &&
        (LW_FACT(record->state) & LW_LOAN_OPEN))
      return true;
  }
  return false;
}
