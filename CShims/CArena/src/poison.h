// What a freed block is filled with. Keyed by address and generation and different in every 8 bytes, so that a copy of
// somebody else's poison, or of yesterday's, does not pass; and never a zero byte, because what a late kernel write
// stores is most often zeros: success codes.
//
// The slack behind a live block keeps the poison of the generation before: the slot was verified as a whole before it
// went live, so an allocation writes nothing at all, and the free that checks the slack knows what must be there.
#pragma once

#include "words.h"

#pragma clang assume_nonnull begin

#define LW_POISON_OF_ADDRESS 0xD6E8FEB86659FD93ull
#define LW_POISON_OF_GENERATION 0xC2B2AE3D27D4EB4Full
#define LW_POISON_OF_CHUNK 0x9E3779B97F4A7C15ull
#define LW_POISON_ODD 0x0101010101010101ull   ///< set: no byte is zero
#define LW_POISON_PLACE 0x000000000E0E0E0Eull ///< three bits in four bytes: which of the 8 words of a line it is
#define LW_POISON_LINES 0x000000FE00000000ull ///< which of the 64 lines of a chunk
#define LW_POISON_LINE 0x0000000200000000ull  ///< one line further
enum { LW_LINE_WORDS = 8, LW_LINE_BYTES = 64, LW_CHUNK_LINES = 64 };

/// The key of a block that starts at `start` (aligned to 64) in `generation`. Sums of odd multiples: cheap, and a
/// neighbour's key or yesterday's is another one.
LW_QUICK uint64_t lw_poison_key(const void *start, uint64_t generation) {
  return (uintptr_t)start * LW_POISON_OF_ADDRESS + generation * LW_POISON_OF_GENERATION;
}

/// The first 8 bytes of a line. Place and line have bits of their own, so all words of a chunk differ.
LW_QUICK uint64_t lw_poison_line(uint64_t key, uint64_t line) {
  uint64_t chunk = key + line / LW_CHUNK_LINES * LW_POISON_OF_CHUNK;
  return ((chunk | LW_POISON_ODD) & ~(LW_POISON_PLACE | LW_POISON_LINES)) + line % LW_CHUNK_LINES * LW_POISON_LINE;
}
LW_QUICK uint64_t lw_poison_place(uint64_t word_of_line) { return word_of_line * 0x02020202u; }

/// The 8 bytes at `8 * index`.
static inline uint64_t lw_poison_word(uint64_t key, uint64_t index) {
  return lw_poison_line(key, index / LW_LINE_WORDS) + lw_poison_place(index % LW_LINE_WORDS);
}
static inline uint8_t lw_poison_byte(uint64_t key, uint64_t offset) {
  return (uint8_t)(lw_poison_word(key, offset >> 3) >> (offset & 7) * 8);
}

/// Fills a slot of `bytes`, a multiple of 64.
typedef void lw_poison_filler(char *start, uint64_t key, uint64_t bytes);
/// Whether the bytes of a slot from `from` (any) to `to` (a multiple of 64) are intact.
typedef bool lw_poison_reader(const char *start, uint64_t key, uint64_t from, uint64_t to);
/// The ways of this processor, see poison.c. Chosen before main.
extern lw_poison_filler *lw_poison_fill;
extern lw_poison_reader *lw_poison_intact;
/// Whether the bytes from `from` to the end of its line are intact: the rest of a word and whole words.
LW_APART bool lw_poison_rest_intact_(const char *start, uint64_t key, uint64_t from);

#pragma clang assume_nonnull end
