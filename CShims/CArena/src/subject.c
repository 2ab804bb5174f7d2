// Reading the facts of an incarnation while its slot may be reused: copy, then look at the word again.
#include "subject.h"

#include "announced.h"
#include "loan_table.h"
#include "retired.h"

static void copy_slot(lw_subject *subject, lw_slot *slot, bool closed) {
  uint64_t shape = LW_FACT(slot->shape);
  subject->requested = lw_shape_requested(shape);
  subject->layout = lw_shape_layout(shape);
  subject->cause = LW_FACT(slot->cause);
  subject->allocated =
      (lw_deed){LW_FACT(slot->allocated_stack), LW_FACT(slot->allocated_thread), LW_FACT(slot->allocated_stamp)};
  // The close of an abandoned arena was the free of what is still live in it.
  if (lw_word_state(subject->word) != LW_BLOCK_LIVE || closed)
    subject->freed = (lw_deed){LW_FACT(slot->freed_stack), LW_FACT(slot->freed_thread), LW_FACT(slot->freed_stamp)};
}

static void copy_retired(lw_subject *subject, const lw_retired *record) {
  subject->requested = lw_shape_requested(record->shape);
  subject->layout = lw_shape_layout(record->shape);
  subject->cause = record->cause;
  subject->allocated = (lw_deed){record->allocated_stack, record->allocated_thread, record->allocated_stamp};
  subject->freed = (lw_deed){record->freed_stack, record->freed_thread, record->freed_stamp};
}

static void copy_loan(lw_subject *subject, lw_loan_record *loan) {
  if (LW_FACT(loan->incarnation) != subject->incarnation) return;
  subject->lent = true;
  subject->api = LW_FACT(loan->api);
  subject->operation = LW_FACT(loan->operation);
  subject->access = LW_FACT(loan->access);
  subject->lent_by = (lw_deed){LW_FACT(loan->lent_stack), LW_FACT(loan->lent_thread), LW_FACT(loan->lent_stamp)};
  subject->cancelled =
      (lw_deed){LW_FACT(loan->cancelled_stack), LW_FACT(loan->cancelled_thread), LW_FACT(loan->cancelled_stamp)};
  subject->written =
      (lw_deed){LW_FACT(loan->written_stack), LW_FACT(loan->written_thread), LW_FACT(loan->written_stamp)};
}

lw_subject lw_subject_of_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *loan) {
  uint32_t number = (uint32_t)lw_incarnation_slot(incarnation);
  if (incarnation == 0 || number >= atomic_load(&arena->slots_used)) return (lw_subject){0};
  lw_slot *slot = &arena->slots[number];
  lw_subject subject = {
      .incarnation = incarnation,
      .word = lw_word_read(&slot->word),
      .start = lw_slot_start_(arena, number),
      .slot_bytes = lw_slot_bytes_(arena, number),
  };
  if (arena->origins) subject.start = lw_origin_of_(arena, number, &subject.stack);
  copy_slot(&subject, slot, atomic_load(&arena->closed));
  // acquire: the facts above are read before the word is looked at again.
  atomic_thread_fence(memory_order_acquire);
  uint64_t word = lw_word_read(&slot->word);
  if (lw_word_generation(word) != lw_incarnation_generation(incarnation)) {
    lw_retired record;
    lw_subject known = {.incarnation = incarnation,
                        .word = word,
                        .start = subject.start,
                        .stack = subject.stack,
                        .slot_bytes = subject.slot_bytes};
    subject = known;
    if (lw_retired_copy_(arena, incarnation, &record)) copy_retired(&subject, &record);
  }
  subject.word = word;
  if (!loan) loan = lw_loan_of_(arena, incarnation);
  if (loan) copy_loan(&subject, loan);
  return subject;
}
