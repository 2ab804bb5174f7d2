// Loans of blocks, and writing through them. Included by lw_arena.h.
#pragma once

#include "lw_arena.h"

#pragma clang assume_nonnull begin

/// A loan; {0} is none. Copyable; valid for ever as a name, so a late or second use is noticed and never mistaken.
typedef struct lw_loan {
  uint64_t bits;
} lw_loan;
static inline bool lw_loan_is_none(lw_loan loan) { return loan.bits == 0; }

/// Who may write: for reports.
typedef enum __attribute__((enum_extensibility(closed))) lw_holder {
  LW_HOLDER_USER,
  LW_HOLDER_REGISTRATION,
  LW_HOLDER_PACKET,
  LW_HOLDER_KERNEL
} lw_holder;

lw_loan lw_lend_(void *block, const char *api, uint64_t operation, lw_holder holder, lw_status *_Nullable status);
/// Lends the live block that starts at `block`. `api` is the call that lends, in static storage
/// ("RegisterWaitWithQueue"); `operation` a number that reports show. Returns the none loan and why in `status`
/// (LW_NOT_A_BLOCK, LW_BLOCK_LOANS_FULL, LW_LOANS_EXHAUSTED, LW_RETIRED_EXHAUSTED; the last two are said once on
/// standard error).
static inline lw_loan lw_lend(void *block, const char *api, uint64_t operation, lw_holder holder,
                              lw_status *_Nullable status) {
  lw_loan loan = lw_lend_(block, api, operation, holder, status);
  LW_KEEP_CALLER_FRAME();
  return loan;
}
/// Hands an open loan on to another holder.
void lw_loan_pass(lw_loan loan, lw_holder holder);
/// Ends a loan, once, from any thread. Everything written through it happens before what the caller does next (rule 4).
/// LW_LOAN_SETTLED when it was settled before. If the block was freed meanwhile its poison is read now.
lw_status lw_settle(lw_loan loan);
/// The incarnation that was lent; 0 for none and for settled loans.
lw_incarnation lw_loan_incarnation(lw_loan loan);
/// The operation number given to `lw_lend`; 0 for none and for settled loans.
uint64_t lw_loan_operation(lw_loan loan);

void lw_loan_cancelled_(lw_loan loan);
/// Notes, with the caller's stack, that the operation behind `loan` was asked to end. Settles nothing.
static inline void lw_loan_cancelled(lw_loan loan) {
  lw_loan_cancelled_(loan);
  LW_KEEP_CALLER_FRAME();
}

/// Says that an open loan is that of an operation structure (an OVERLAPPED) at `offset` of its block, which must not be
/// submitted again meanwhile.
void lw_loan_of_structure_(lw_loan loan, size_t offset);
/// Whether the operation structure at `offset` of the live block that starts at `block` is lent.
bool lw_structure_is_lent_(const void *block, size_t offset);

// ------------------------------------------------------------------------------------------------------ own stores

bool lw_will_store_(const void *address, size_t bytes);
/// Says that the program itself, whom nobody lent anything, is about to store there: LW002 with the caller's stack when
/// the block was freed, and then false. Whoever stores without saying so is found too, when the block is verified, but
/// without a stack.
static inline bool lw_will_store(const void *address, size_t bytes) {
  bool owned = lw_will_store_(address, bytes);
  LW_KEEP_CALLER_FRAME();
  return owned;
}

// -------------------------------------------------------------------------------------------------- checked writing

/// Where a borrower's write went.
typedef enum __attribute__((enum_extensibility(closed))) lw_landing {
  LW_LANDING_NONE,
  LW_LANDING_LIVE,
  LW_LANDING_FREED,  ///< into the freed block: LW002
  LW_LANDING_REUSED, ///< into a new incarnation at the same address: LW003
  LW_LANDING_REFUSED ///< late, and the arena refuses late writes
} lw_landing;

/// A write in progress. `address` is where to store, NULL when refused (or the loan is none or settled).
typedef struct lw_write {
  lw_loan loan;
  char *_Nullable address;
  lw_landing landing;
  uint32_t bytes;
  lw_incarnation incarnation; ///< that was lent; the end belongs to it even if the loan was settled meanwhile
  lw_record *_Nullable late;  ///< of the finding that this late write is; its end adds what the bytes became
} lw_write;

lw_write lw_write_begin_(lw_loan loan, size_t offset, size_t bytes);
/// Announces a write of `bytes` at `offset` of the lent block, and reports it if it is late - exactly, with this stack,
/// also after the address was reused. Store through `lw_store*` (lw_words.h) into `address`, then `lw_write_end`,
/// always. `offset + bytes` beyond the requested size is LW010 and clipped to the slot.
static inline lw_write lw_write_begin(lw_loan loan, size_t offset, size_t bytes) {
  lw_write write = lw_write_begin_(loan, offset, bytes);
  LW_KEEP_CALLER_FRAME();
  return write;
}
void lw_write_end(const lw_write *write);
/// begin, copy of `bytes` from `source`, end.
static inline lw_landing lw_write_bytes(lw_loan loan, size_t offset, const void *source, size_t bytes) {
  lw_write write = lw_write_begin_(loan, offset, bytes);
  if (write.address) lw_words_copy(write.address, source, write.bytes);
  lw_write_end(&write);
  LW_KEEP_CALLER_FRAME();
  return write.landing;
}

#pragma clang assume_nonnull end
