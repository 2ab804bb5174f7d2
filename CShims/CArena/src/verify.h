// Reading poison: at reuse, when a loan of a freed block settles, when asked, and at the end.
#pragma once

#include "arena.h"

#pragma clang assume_nonnull begin

/// Claims a quarantined block (its word must still be `word`), reads it from byte 0, reports what nobody was blamed
/// for, repairs the poison and puts it back. Returns how many bytes nobody was blamed for; 0 too when the claim failed.
uint64_t lw_verify_freed_(lw_arena *arena, uint32_t number, uint64_t word);
/// Verifies the block if it is freed and nobody else is at it.
uint64_t lw_verify_if_freed_(lw_arena *arena, uint32_t number);
/// Reports LW010 if the slack behind the requested bytes is not the poison of the generation before. The caller owns
/// the block, or nobody is at work.
void lw_verify_slack_(lw_arena *arena, uint32_t number, lw_incarnation incarnation, uint64_t requested);

#pragma clang assume_nonnull end
