// Checked writing: a writer enters the word of the incarnation that was lent to it, and whether that incarnation is
// live, freed or gone at this moment is what its write is. A late writer is never counted in the new owner's
// incarnation.
#include <stdlib.h>

#include "announced.h"
#include "blame.h"
#include "incident.h"
#include "loan_table.h"
#include "registry.h"
#include "retired.h"

/// Enters as a writer, or (refused) only looks. LW_LANDING_LIVE, FREED or REUSED; NONE when the loan was settled.
static inline lw_landing enter(lw_arena *arena, lw_incarnation incarnation, lw_loan loan) {
  lw_slot *slot = &arena->slots[lw_incarnation_slot(incarnation)];
  bool refuses = arena->late_write == LW_LATE_WRITE_REFUSED;
  uint64_t before = lw_word_read(&slot->word), after;
  lw_landing landing, done;
  do {
    if (lw_word_generation(before) != lw_incarnation_generation(incarnation)) {
      done = refuses ? LW_LANDING_REFUSED : LW_LANDING_REUSED;
      return lw_retired_enter_(arena, incarnation, loan, done) ? LW_LANDING_REUSED : LW_LANDING_NONE;
    }
    // An open loan is counted; without one the block may be reused at any moment.
    if (lw_word_loans(before) == 0) return LW_LANDING_NONE;
    bool live = lw_word_state(before) == LW_BLOCK_LIVE && !LW_FACT(arena->closed);
    landing = live ? LW_LANDING_LIVE : LW_LANDING_FREED;
    done = refuses && !live ? LW_LANDING_REFUSED : landing;
    bool full = lw_word_writers(before) == LW_WORD_WRITERS_MAX;
    if (full && done != LW_LANDING_REFUSED) return LW_LANDING_NONE;
    after = done == LW_LANDING_REFUSED ? before : before + LW_WORD_WRITER;
  } while (!lw_word_change(&slot->word, &before, after));
  lw_event(LW_EVENT_WRITE_BEGIN, arena->number, incarnation, before, after, loan.bits, done);
  return landing;
}

/// The bytes of the write that lie in the slot.
static uint32_t clip(uint64_t offset, uint64_t bytes, uint64_t slot_bytes) {
  uint64_t room = offset < slot_bytes ? slot_bytes - offset : 0;
  if (bytes > room) bytes = room;
  return bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

/// The memory that a late write changes, and how much of it a report may look at: of a shadow, what it stands for.
static const char *window_of(const lw_arena *arena, uint32_t number, uint64_t *bytes) {
  bool stack;
  *bytes = arena->origins ? lw_shape_requested(LW_FACT(arena->slots[number].shape)) : lw_slot_bytes_(arena, number);
  return arena->origins ? lw_origin_of_(arena, number, &stack) : lw_slot_start_(arena, number);
}

/// Reports a late write and says in `write` what becomes of it. The blame is laid before the writer stores.
static void report_late(lw_arena *arena, lw_write *write, lw_loan_record *record, lw_landing landing, uint64_t offset,
                        lw_deed written) {
  uint32_t number = (uint32_t)lw_incarnation_slot(write->incarnation);
  write->landing = arena->late_write == LW_LATE_WRITE_REFUSED ? LW_LANDING_REFUSED : landing;
  if (write->landing != LW_LANDING_REFUSED) lw_blame_(&arena->slots[number], offset, write->bytes);
  lw_record *made =
      lw_report_late_write_(arena, write->incarnation, record, landing, write->landing, offset, write->bytes, written);
  if (arena->late_write == LW_LATE_WRITE_STOPS) abort();
  if (!made || write->landing == LW_LANDING_REFUSED) return;
  uint64_t seen;
  const char *start = window_of(arena, number, &seen);
  lw_window_before_write_(made, start, seen);
  write->late = made;
}

lw_write lw_write_begin_(lw_loan loan, size_t offset, size_t bytes) {
  lw_write write = {.loan = loan, .landing = LW_LANDING_NONE};
  lw_arena *arena;
  lw_loan_record *record = lw_loan_find_(loan, &arena);
  if (!record) return write;
  lw_incarnation incarnation = LW_FACT(record->incarnation);
  uint32_t number = (uint32_t)lw_incarnation_slot(incarnation);
  char *start = lw_slot_start_(arena, number);
  uint64_t slot_bytes = lw_slot_bytes_(arena, number);
  uint32_t clipped = clip(offset, bytes, slot_bytes);
  lw_deed written = {LW_STACK_NONE, 0, 0};
  if (arena->stacks != LW_STACKS_OFF) {
    written = lw_deed_now_(arena->stacks);
    LW_SET_FACT(record->written_stack, written.stack);
    LW_SET_FACT(record->written_stamp, written.stamp);
    LW_SET_FACT(record->written_thread, (uint16_t)written.thread);
  }
  LW_SET_FACT(record->access, (uint64_t)offset << 32 | clipped);
  lw_point(LW_POINT_WRITE, start, LW_ACCESS_WRITE);
  lw_landing landing = enter(arena, incarnation, loan);
  if (landing == LW_LANDING_NONE) {
    LW_SET_FACT(record->access, 0);
    return write;
  }
  if (written.thread == 0 && landing != LW_LANDING_LIVE) written = lw_deed_now_(LW_STACKS_OFF);
  write.incarnation = incarnation;
  write.landing = landing;
  write.bytes = clipped;
  if (__builtin_expect(landing != LW_LANDING_LIVE, 0)) {
    report_late(arena, &write, record, landing, offset, written);
  } else {
    uint64_t requested = lw_shape_requested(LW_FACT(arena->slots[number].shape));
    if (__builtin_expect(offset + bytes > requested || offset + bytes < offset, 0)) {
      uint64_t beyond = offset > requested ? offset : requested;
      lw_blame_(&arena->slots[number], beyond, clip(beyond, offset + clipped - beyond, slot_bytes));
      lw_report_beyond_(arena, incarnation, record, offset, bytes,
                        written.thread != 0 ? written : lw_deed_now_(LW_STACKS_OFF));
    }
  }
  if (write.landing != LW_LANDING_REFUSED && offset < slot_bytes) write.address = start + offset;
  return write;
}

static void leave(lw_arena *arena, const lw_write *write) {
  lw_loan_record *record = &arena->loans[lw_loan_index(write->loan)];
  if (lw_loan_state_serial(LW_FACT(record->state)) == lw_loan_serial(write->loan)) LW_SET_FACT(record->access, 0);
  uint32_t number = (uint32_t)lw_incarnation_slot(write->incarnation);
  // While the writer is still counted: the slot keeps its bytes, unless another incarnation has it already.
  if (__builtin_expect(write->late != NULL, 0)) {
    uint64_t seen;
    const char *start = window_of(arena, number, &seen);
    lw_window_after_write_(write->late, start, seen);
  }
  lw_slot *slot = &arena->slots[number];
  uint64_t before = lw_word_read(&slot->word), after;
  do {
    if (lw_word_generation(before) != lw_incarnation_generation(write->incarnation)) {
      lw_retired_leave_(arena, write->incarnation, write->loan, write->landing);
      lw_arena_wake_waiter_(arena);
      return;
    }
    if (lw_word_writers(before) == 0) return; // ended twice
    after = before - LW_WORD_WRITER;
  } while (!lw_word_change(&slot->word, &before, after));
  lw_event(LW_EVENT_WRITE_END, arena->number, write->incarnation, before, after, write->loan.bits, write->landing);
  lw_arena_wake_waiter_(arena);
}

void lw_write_end(const lw_write *write) {
  if (write->landing == LW_LANDING_NONE || write->landing == LW_LANDING_REFUSED) return;
  lw_arena *arena = lw_arena_numbered_(lw_loan_arena(write->loan));
  if (!arena) return;
  lw_settler *self = lw_settler_enter_();
  leave(arena, write);
  lw_settler_leave_(self);
}
