// The records of retired incarnations, found by slot. A begin, end or settle that meets another generation in the
// slot's word comes here; the lock is held while the word changes, so whoever saw the new generation finds the record.
#include "retired.h"

#include <stdio.h>
#include <unistd.h>

static uint32_t *head_of(lw_arena *arena, uint64_t slot) LW_REQUIRES(arena->retired_lock) {
  return &arena->retired_heads[slot & (arena->retired_buckets - 1)];
}

static lw_retired *_Nullable find(lw_arena *arena, lw_incarnation incarnation) LW_REQUIRES(arena->retired_lock) {
  for (uint32_t at = *head_of(arena, lw_incarnation_slot(incarnation)); at != 0; at = arena->retired[at - 1].next)
    if (arena->retired[at - 1].incarnation == incarnation) return &arena->retired[at - 1];
  return NULL;
}

static lw_retired *_Nullable take(lw_arena *arena) LW_REQUIRES(arena->retired_lock) {
  uint32_t taken = arena->retired_free;
  if (taken != 0)
    arena->retired_free = arena->retired[taken - 1].next;
  else if (arena->retired_used < arena->retired_max)
    taken = ++arena->retired_used;
  return taken != 0 ? &arena->retired[taken - 1] : NULL;
}

static void give(lw_arena *arena, lw_retired *record) LW_REQUIRES(arena->retired_lock) {
  record->incarnation = 0;
  record->next = arena->retired_free;
  arena->retired_free = (uint32_t)(record - arena->retired) + 1;
}

/// Takes the record out of its bucket once nobody needs it.
static void drop_if_done(lw_arena *arena, lw_retired *record) LW_REQUIRES(arena->retired_lock) {
  if (record->loans != 0 || record->writers != 0) return;
  uint32_t own = (uint32_t)(record - arena->retired) + 1;
  uint32_t *at = head_of(arena, lw_incarnation_slot(record->incarnation));
  while (*at != own) at = &arena->retired[*at - 1].next;
  *at = record->next;
  give(arena, record);
  atomic_fetch_sub(&arena->retired_count, 1);
}

static void say_exhausted(lw_arena *arena) {
  if (atomic_exchange(&arena->lends_no_more, true)) return;
  char sentence[256];
  int length = snprintf(sentence, sizeof sentence,
                        "latewrite: arena \"%s\" has no record left for retired incarnations (%u are in use) and lends "
                        "no more: raise retired_max\n",
                        arena->name, arena->retired_max);
  ssize_t ignored = write(STDERR_FILENO, sentence, (size_t)length);
  (void)ignored;
}

static void copy_facts(lw_retired *record, lw_slot *slot, lw_incarnation incarnation, uint64_t word) {
  *record = (lw_retired){
      .incarnation = incarnation,
      .loans = lw_word_loans(word),
      .writers = lw_word_writers(word),
      .freed_stack = LW_FACT(slot->freed_stack),
      .allocated_stack = LW_FACT(slot->allocated_stack),
      .cause = LW_FACT(slot->cause),
      .allocated_thread = LW_FACT(slot->allocated_thread),
      .freed_thread = LW_FACT(slot->freed_thread),
      .shape = LW_FACT(slot->shape),
      .allocated_stamp = LW_FACT(slot->allocated_stamp),
      .freed_stamp = LW_FACT(slot->freed_stamp),
  };
}

bool lw_retire_(lw_arena *arena, uint32_t number, uint64_t before, uint64_t after, uint64_t requested) {
  lw_slot *slot = &arena->slots[number];
  lw_incarnation incarnation = lw_incarnation_of(number, before);
  bool retired = false;
  lw_lock_acquire(&arena->retired_lock);
  lw_retired *record = take(arena);
  if (record) {
    do {
      copy_facts(record, slot, incarnation, before);
      retired = lw_word_change(&slot->word, &before, after);
    } while (!retired && lw_word_state(before) == LW_BLOCK_QUARANTINED);
  }
  if (retired) {
    // One change of the word, two events: it ends the chain of one incarnation and begins that of the next.
    if (!lw_word_is_inert(before)) lw_event(LW_EVENT_RETIRE, arena->number, incarnation, before, 0, 0, 0);
    lw_event(LW_EVENT_ALLOC, arena->number, lw_incarnation_of(number, after), before, after, 0, (int64_t)requested);
    uint32_t *head = head_of(arena, number);
    record->next = *head;
    *head = (uint32_t)(record - arena->retired) + 1;
    atomic_fetch_add(&arena->retired_count, 1);
    // The last loan may have been settled just before the word changed.
    drop_if_done(arena, record);
  } else if (record) {
    give(arena, record);
  }
  lw_lock_release_quietly(&arena->retired_lock);
  if (!record) say_exhausted(arena);
  return retired;
}

bool lw_retired_settle_(lw_arena *arena, lw_incarnation incarnation, lw_loan loan) {
  lw_lock_acquire(&arena->retired_lock);
  lw_retired *record = find(arena, incarnation);
  bool known = record && record->loans > 0;
  if (known) {
    record->loans--;
    lw_event(LW_EVENT_SETTLE, arena->number, incarnation, 0, 0, loan.bits, 0);
    drop_if_done(arena, record);
  }
  lw_lock_release_quietly(&arena->retired_lock);
  return known;
}

bool lw_retired_enter_(lw_arena *arena, lw_incarnation incarnation, lw_loan loan, lw_landing landing) {
  lw_lock_acquire(&arena->retired_lock);
  lw_retired *record = find(arena, incarnation);
  bool known = record && record->loans > 0;
  if (known) {
    // A refused writer is seen but does not come in.
    if (landing != LW_LANDING_REFUSED) record->writers++;
    lw_event(LW_EVENT_WRITE_BEGIN, arena->number, incarnation, 0, 0, loan.bits, landing);
  }
  lw_lock_release_quietly(&arena->retired_lock);
  return known;
}

bool lw_retired_leave_(lw_arena *arena, lw_incarnation incarnation, lw_loan loan, lw_landing landing) {
  lw_lock_acquire(&arena->retired_lock);
  lw_retired *record = find(arena, incarnation);
  bool known = record && record->writers > 0;
  if (known) {
    record->writers--;
    lw_event(LW_EVENT_WRITE_END, arena->number, incarnation, 0, 0, loan.bits, landing);
    drop_if_done(arena, record);
  }
  lw_lock_release_quietly(&arena->retired_lock);
  return known;
}

bool lw_retired_copy_(lw_arena *arena, lw_incarnation incarnation, lw_retired *out) {
  lw_lock_acquire(&arena->retired_lock);
  lw_retired *record = find(arena, incarnation);
  if (record) *out = *record;
  lw_lock_release_quietly(&arena->retired_lock);
  return record != NULL;
}

bool lw_retired_writes_(lw_arena *arena, uint32_t number) {
  bool writes = false;
  lw_lock_acquire(&arena->retired_lock);
  for (uint32_t at = *head_of(arena, number); at != 0; at = arena->retired[at - 1].next)
    writes |= lw_incarnation_slot(arena->retired[at - 1].incarnation) == number && arena->retired[at - 1].writers > 0;
  lw_lock_release_quietly(&arena->retired_lock);
  return writes;
}
