// The two ways of a call: the quick one for what almost every allocation and free is, and the one for all others, to
// which it hands over as soon as something is unusual.
#pragma once

#include "supply.h"

#pragma clang assume_nonnull begin

/// Every allocation but the quick ones. `taken` is a slot of the right class that a quick one could not use; 0: none.
LW_RARE void *_Nullable lw_allocate_rarely_(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed,
                                            lw_entry taken);
/// Every free but the quick ones. Its point is behind the caller; `stack` is where it came from.
LW_RARE lw_status lw_free_rarely_(lw_arena *arena, char *_Nullable block, lw_stack_id stack);

/// Allocation and free in an unchecked arena.
void *_Nullable lw_allocate_unchecked_(lw_arena *arena, size_t bytes, lw_layout layout, bool zeroed);
lw_status lw_free_unchecked_(lw_arena *arena, char *block);
/// Says once that the arena is full. NULL.
LW_RARE void *_Nullable lw_say_full_(lw_arena *arena);

/// Stores zeros in the first `bytes`.
LW_APART void lw_zero_(char *start, uint64_t bytes);
/// The slot goes to a new owner: damage and cause of the former incarnation are no facts of it.
LW_APART void lw_forget_harm_(lw_arena *arena, lw_slot *slot);
/// Fills a block that is being freed and whose slack was found changed; reports that.
LW_APART void lw_poison_damaged_(lw_arena *arena, lw_slot *slot, char *start, uint64_t slot_bytes, uint64_t claimed);

#pragma clang assume_nonnull end
