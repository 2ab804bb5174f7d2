// What a freed block is filled with. Keyed by address and generation and different in every 8 bytes, so that a copy of
// somebody else's poison, or of yesterday's, does not pass; and never a zero byte, because what a late kernel write
// stores is most often zeros: success codes.
//
// The slack behind a live block keeps the poison of the generation before: the slot was verified as a whole before it
// went live, so an allocation writes nothing at all, and the free that checks the slack knows what must be there.
#pragma once

#include "words.h"

// Where no tool follows the accesses, 16 bytes are moved at once; that is half of the time of an allocation and its
// free. The moves are instructions of their own and no accesses of the language, so they cannot be a data race in its
// sense, and an aligned half of one is as atomic as a word. ThreadSanitizer must see what happens and gets words.
#if defined(__SSE2__) && !defined(LW_PLAIN_STORES) && !__has_feature(thread_sanitizer)
#include <emmintrin.h>
#define LW_POISON_BY_PAIRS 1
#else
#define LW_POISON_BY_PAIRS 0
#endif

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

#if LW_POISON_BY_PAIRS
/// The four pairs of words of a line whose first word is `first`.
typedef struct lw_pairs {
  __m128i of[4];
} lw_pairs;
LW_QUICK lw_pairs lw_pairs_of_line(uint64_t first) {
  __m128i base = _mm_set1_epi64x((long long)first);
  return (lw_pairs){{_mm_add_epi64(base, _mm_set_epi64x(0x02020202, 0)),
                     _mm_add_epi64(base, _mm_set_epi64x(0x06060606, 0x04040404)),
                     _mm_add_epi64(base, _mm_set_epi64x(0x0A0A0A0A, 0x08080808)),
                     _mm_add_epi64(base, _mm_set_epi64x(0x0E0E0E0E, 0x0C0C0C0C))}};
}
#endif

/// Fills `count` lines of one chunk from `at` on; `first` is the first word there.
LW_QUICK void lw_poison_fill_lines(char *at, uint64_t first, uint64_t count) {
#if LW_POISON_BY_PAIRS
  lw_pairs pairs = lw_pairs_of_line(first);
  const __m128i step = _mm_set1_epi64x((long long)LW_POISON_LINE);
  for (char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES) {
#pragma clang loop unroll(full)
    for (int pair = 0; pair < 4; pair++) {
      __asm__ volatile("movdqa %1, %0" : "=m"(*(__m128i *)(void *)(at + 16 * pair)) : "x"(pairs.of[pair]));
      pairs.of[pair] = _mm_add_epi64(pairs.of[pair], step);
    }
  }
#else
  for (char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES, first += LW_POISON_LINE)
    for (uint64_t word = 0; word < LW_LINE_WORDS; word++) lw_store64(at + 8 * word, first + lw_poison_place(word));
#endif
}

/// Whether `count` lines of one chunk are intact.
LW_QUICK bool lw_poison_lines_intact(const char *at, uint64_t first, uint64_t count) {
#if LW_POISON_BY_PAIRS
  lw_pairs pairs = lw_pairs_of_line(first);
  const __m128i step = _mm_set1_epi64x((long long)LW_POISON_LINE);
  __m128i changed[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
  for (const char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES) {
#pragma clang loop unroll(full)
    for (int pair = 0; pair < 4; pair++) {
      __m128i found;
      __asm__ volatile("movdqa %1, %0" : "=x"(found) : "m"(*(const __m128i *)(const void *)(at + 16 * pair)));
      changed[pair % 2] = _mm_or_si128(changed[pair % 2], _mm_xor_si128(found, pairs.of[pair]));
      pairs.of[pair] = _mm_add_epi64(pairs.of[pair], step);
    }
  }
  __m128i same = _mm_cmpeq_epi32(_mm_or_si128(changed[0], changed[1]), _mm_setzero_si128());
  return _mm_movemask_epi8(same) == 0xFFFF;
#else
  uint64_t changed = 0;
  for (const char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES, first += LW_POISON_LINE)
    for (uint64_t word = 0; word < LW_LINE_WORDS; word++)
      changed |= lw_load64(at + 8 * word) ^ (first + lw_poison_place(word));
  return changed == 0;
#endif
}

/// Fills a slot of `bytes`, a multiple of 64.
LW_QUICK void lw_poison_fill(char *start, uint64_t key, uint64_t bytes) {
  uint64_t lines = bytes / LW_LINE_BYTES;
  for (uint64_t line = 0; line < lines; line += LW_CHUNK_LINES)
    lw_poison_fill_lines(start + line * LW_LINE_BYTES, lw_poison_line(key, line),
                         lines - line < LW_CHUNK_LINES ? lines - line : LW_CHUNK_LINES);
}

/// Whether the lines from `line` to the end of a slot of `bytes`, a multiple of 64, are intact.
LW_QUICK bool lw_poison_intact(const char *start, uint64_t key, uint64_t line, uint64_t bytes) {
  uint64_t lines = bytes / LW_LINE_BYTES;
  while (line < lines) {
    uint64_t left = LW_CHUNK_LINES - line % LW_CHUNK_LINES;
    uint64_t count = lines - line < left ? lines - line : left;
    if (!lw_poison_lines_intact(start + line * LW_LINE_BYTES, lw_poison_line(key, line), count)) return false;
    line += count;
  }
  return true;
}

/// Whether the bytes from `from` (any) to `to` (a multiple of 64) are intact: the rest of a word, the rest of a line,
/// and whole lines.
LW_QUICK bool lw_poison_slack_intact(const char *start, uint64_t key, uint64_t from, uint64_t to) {
  uint64_t index = from / 8, changed = 0;
  if (from % 8 != 0) {
    changed = (lw_load64(start + 8 * index) ^ lw_poison_word(key, index)) >> (from & 7) * 8;
    index++;
  }
  if (index % LW_LINE_WORDS != 0) {
    uint64_t expected = lw_poison_word(key, index);
    for (; index % LW_LINE_WORDS != 0; index++, expected += lw_poison_place(1))
      changed |= lw_load64(start + 8 * index) ^ expected;
  }
  return (changed == 0) & lw_poison_intact(start, key, index / LW_LINE_WORDS, to);
}

#pragma clang assume_nonnull end
