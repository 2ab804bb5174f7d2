// The table of loan records: taken by a lend, given back by the settle, often on another thread.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

/// Index + 1 of a record for a new loan; 0: there is none left.
uint32_t lw_loan_take_(lw_arena *arena);
void lw_loan_give_(lw_arena *arena, uint32_t index);
/// The record of an open loan and its arena, NULL when the loan is none, settled, or of another time.
lw_loan_record *_Nullable lw_loan_find_(lw_loan loan, lw_arena *_Nonnull *_Nonnull arena);
/// A loan of `incarnation`: the newest that is open, else the newest that was settled just now; NULL when there is
/// none.
lw_loan_record *_Nullable lw_loan_of_(lw_arena *arena, lw_incarnation incarnation);

#pragma clang assume_nonnull end
