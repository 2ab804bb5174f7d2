// Incarnations that left their slot with open loans or with writers inside. Only `immediate` makes them: everywhere
// else the slot waits.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

/// Makes `number` live in the generation of `after` although its word `*before` still counts loans or writers: they
/// move into a record first. Records both events. False when the word changed its state or there is no record left,
/// which ends lending (rule 10).
bool lw_retire_(lw_arena *arena, uint32_t number, uint64_t before, uint64_t after, uint64_t requested);

/// What happens to a retired incarnation later, each with its event: a loan is settled, a writer enters, a writer ends.
/// False: the incarnation is not retired, or has nothing of the kind open.
bool lw_retired_settle_(lw_arena *arena, lw_incarnation incarnation, lw_loan loan);
bool lw_retired_enter_(lw_arena *arena, lw_incarnation incarnation, lw_loan loan, lw_landing landing);
bool lw_retired_leave_(lw_arena *arena, lw_incarnation incarnation, lw_loan loan, lw_landing landing);
/// Copies what is known of a retired incarnation. False: it is not retired.
bool lw_retired_copy_(lw_arena *arena, lw_incarnation incarnation, lw_retired *out);
/// Whether a writer is inside any retired incarnation of the slot.
bool lw_retired_writes_(lw_arena *arena, uint32_t number);

#pragma clang assume_nonnull end
