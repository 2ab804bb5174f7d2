// The word of a slot, on which everything is decided, and the only ways to change it. Every change is one
// compare-and-swap whose result is checked for saturation inside the loop: a carry out of the loans would corrupt the
// writers. What is inert (freed, no loans, no writers) stays so until the slot is allocated again, because only a live
// block can be lent and only the holder of an open loan can enter as a writer.
#pragma once

#include <stdatomic.h>

#include "lw_arena.h"

#pragma clang assume_nonnull begin

enum { LW_WORD_LOANS_MAX = 0x3FF, LW_WORD_WRITERS_MAX = 0x7FF, LW_WORD_STATE_SHIFT = 21, LW_WORD_WRITER = 1 << 10 };
#define LW_WORD_COUNTS ((1ull << LW_WORD_STATE_SHIFT) - 1)
/// All of a word but its generation.
#define LW_WORD_REST ((1ull << 24) - 1)
#define LW_GENERATION_MAX ((1ull << LW_GENERATION_BITS) - 1)

/// What the quick paths are made of; a copy of a structure passed through the stack would cost more than all their
/// work.
#define LW_QUICK static inline __attribute__((always_inline))
#define LW_RARE __attribute__((noinline, cold))
/// Rare work in the midst of a quick path, for which that shall not have to save its registers.
#define LW_APART __attribute__((noinline, preserve_most))

/// A word without loans and writers.
static inline uint64_t lw_word(uint64_t generation, lw_block_state state) {
  return generation << 24 | (uint64_t)state << LW_WORD_STATE_SHIFT;
}
static inline uint64_t lw_word_with_state(uint64_t word, lw_block_state state) {
  return (word & ~(7ull << LW_WORD_STATE_SHIFT)) | (uint64_t)state << LW_WORD_STATE_SHIFT;
}
/// Whether nobody holds a loan of the incarnation and nobody writes.
static inline bool lw_word_is_inert(uint64_t word) { return (word & LW_WORD_COUNTS) == 0; }
static inline lw_incarnation lw_incarnation_of(uint64_t slot, uint64_t word) {
  return slot << LW_GENERATION_BITS | lw_word_generation(word);
}

/// Reads a word. acquire: whoever sees a state also sees the facts and the bytes that were written before it.
static inline uint64_t lw_word_read(const _Atomic uint64_t *word) {
  return atomic_load_explicit(word, memory_order_acquire);
}
/// Tries one transition; on failure `before` holds what is there. Sequentially consistent: frees, loans and writes of
/// different slots meet in findings and in the waiter for settled loans.
static inline bool lw_word_change(_Atomic uint64_t *word, uint64_t *before, uint64_t after) {
  return atomic_compare_exchange_strong(word, before, after);
}

/// Facts are written by one thread and read by reports of others at any moment: relaxed, because the word orders what
/// must be ordered and a report that raced with a change looks at the word again.
#define LW_FACT(field) atomic_load_explicit(&(field), memory_order_relaxed)
#define LW_SET_FACT(field, value) atomic_store_explicit(&(field), (value), memory_order_relaxed)

#pragma clang assume_nonnull end
