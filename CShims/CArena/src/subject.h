// What is known of one incarnation, copied at one moment: from its slot, from the record of the retired, and from its
// loan. A finding is made from a copy, because the slot goes on living while the report is written.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

/// Who did something, when and where. thread 0: it did not happen or is not known.
typedef struct lw_deed {
  lw_stack_id stack;
  uint32_t thread;
  uint64_t stamp;
} lw_deed;

typedef struct lw_subject {
  lw_incarnation incarnation; ///< 0: nothing is known
  uint64_t word;              ///< of the slot when the copy was made; its generation may be a later one
  char *start;                ///< of a shadow: the memory that it stands for
  bool stack;                 ///< which is a thread's stack
  uint64_t slot_bytes;
  uint64_t requested;
  lw_layout layout;
  uint32_t cause; ///< as in lw_slot
  lw_deed allocated;
  lw_deed freed;
  bool lent; ///< the rest is known
  const char *api;
  uint64_t operation;
  lw_deed lent_by;
  lw_deed cancelled;
  lw_deed written;
  uint64_t access; ///< as in lw_loan_record
} lw_subject;

/// Copies what is known of `incarnation` and of `loan`; without one, of a loan that is open.
lw_subject lw_subject_of_(lw_arena *arena, lw_incarnation incarnation, lw_loan_record *_Nullable loan);

/// The caller's stack, number and stamp. `method` LW_STACKS_OFF: no stack.
static inline lw_deed lw_deed_now_(lw_stack_method method) {
  return (lw_deed){lw_stack_capture(method), lw_thread_self(), lw_event_stamp()};
}

#pragma clang assume_nonnull end
