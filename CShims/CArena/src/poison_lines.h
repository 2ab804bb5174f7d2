// Filling and reading lines of poison: most of the time of an allocation and its free. Where no tool follows the
// accesses, 16 or, if the processor can, 32 bytes are moved at once. The moves are instructions of their own and no
// accesses of the language, so they cannot be a data race in its sense, and an aligned part of one is as atomic as a
// word. ThreadSanitizer must see what happens and gets words.
#pragma once

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "poison.h"

#pragma clang assume_nonnull begin

/// How the lines of one chunk are filled and read from `at` on; `first` is the first word there. Passed as constants to
/// what is LW_QUICK, so that they are inlined.
typedef void lw_lines_filler(char *at, uint64_t first, uint64_t count);
typedef bool lw_lines_reader(const char *at, uint64_t first, uint64_t count);

#if defined(__SSE2__) && !defined(LW_PLAIN_STORES) && !__has_feature(thread_sanitizer)
#define LW_WIDE __attribute__((target("avx2,prfchw")))

/// The words of a line whose first one is `first`.
typedef struct lw_halves {
  __m256i of[2];
} lw_halves;
LW_WIDE LW_QUICK lw_halves lw_halves_of_line(uint64_t first) {
  __m256i base = _mm256_set1_epi64x((long long)first);
  return (lw_halves){{_mm256_add_epi64(base, _mm256_set_epi64x(0x06060606, 0x04040404, 0x02020202, 0)),
                      _mm256_add_epi64(base, _mm256_set_epi64x(0x0E0E0E0E, 0x0C0C0C0C, 0x0A0A0A0A, 0x08080808))}};
}

/// Fills `count` lines of one chunk from `at` on; `first` is the first word there.
LW_WIDE LW_QUICK void lw_lines_fill_by_halves(char *at, uint64_t first, uint64_t count) {
  lw_halves line = lw_halves_of_line(first);
  const __m256i step = _mm256_set1_epi64x((long long)LW_POISON_LINE);
  for (char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES) {
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
      __asm__ volatile("vmovdqa %1, %0" : "=m"(*(__m256i *)(void *)(at + 32 * half)) : "x"(line.of[half]));
      line.of[half] = _mm256_add_epi64(line.of[half], step);
    }
  }
}

/// Whether `count` lines of one chunk are intact.
LW_WIDE LW_QUICK bool lw_lines_intact_by_halves(const char *at, uint64_t first, uint64_t count) {
  lw_halves line = lw_halves_of_line(first);
  const __m256i step = _mm256_set1_epi64x((long long)LW_POISON_LINE);
  __m256i changed[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  for (const char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES) {
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
      __m256i difference;
      __asm__ volatile("vpxor %2, %1, %0"
                       : "=x"(difference)
                       : "x"(line.of[half]), "m"(*(const __m256i *)(const void *)(at + 32 * half)));
      changed[half] = _mm256_or_si256(changed[half], difference);
      line.of[half] = _mm256_add_epi64(line.of[half], step);
    }
  }
  __m256i all = _mm256_or_si256(changed[0], changed[1]);
  return _mm256_testz_si256(all, all);
}

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

LW_QUICK void lw_lines_fill(char *at, uint64_t first, uint64_t count) {
  lw_pairs line = lw_pairs_of_line(first);
  const __m128i step = _mm_set1_epi64x((long long)LW_POISON_LINE);
  for (char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES) {
#pragma clang loop unroll(full)
    for (int pair = 0; pair < 4; pair++) {
      __asm__ volatile("movdqa %1, %0" : "=m"(*(__m128i *)(void *)(at + 16 * pair)) : "x"(line.of[pair]));
      line.of[pair] = _mm_add_epi64(line.of[pair], step);
    }
  }
}

LW_QUICK bool lw_lines_intact(const char *at, uint64_t first, uint64_t count) {
  lw_pairs line = lw_pairs_of_line(first);
  const __m128i step = _mm_set1_epi64x((long long)LW_POISON_LINE);
  __m128i changed[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
  for (const char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES) {
#pragma clang loop unroll(full)
    for (int pair = 0; pair < 4; pair++) {
      __m128i found;
      __asm__ volatile("movdqa %1, %0" : "=x"(found) : "m"(*(const __m128i *)(const void *)(at + 16 * pair)));
      changed[pair % 2] = _mm_or_si128(changed[pair % 2], _mm_xor_si128(found, line.of[pair]));
      line.of[pair] = _mm_add_epi64(line.of[pair], step);
    }
  }
  __m128i same = _mm_cmpeq_epi32(_mm_or_si128(changed[0], changed[1]), _mm_setzero_si128());
  return _mm_movemask_epi8(same) == 0xFFFF;
}
#else
LW_QUICK void lw_lines_fill(char *at, uint64_t first, uint64_t count) {
  for (char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES, first += LW_POISON_LINE)
    for (uint64_t word = 0; word < LW_LINE_WORDS; word++) lw_store64(at + 8 * word, first + lw_poison_place(word));
}

LW_QUICK bool lw_lines_intact(const char *at, uint64_t first, uint64_t count) {
  uint64_t changed = 0;
  for (const char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES, first += LW_POISON_LINE)
    for (uint64_t word = 0; word < LW_LINE_WORDS; word++)
      changed |= lw_load64(at + 8 * word) ^ (first + lw_poison_place(word));
  return changed == 0;
}
#endif

/// A free's half, for a slot of `lines`, at most a chunk: whether the slack behind `requested` is intact, poison of the
/// generation before that of `key`. If so fills the slot; otherwise it is as it was.
LW_QUICK bool lw_poison_turn(lw_lines_filler *filler, lw_lines_reader *reader, char *start, uint64_t key,
                             uint64_t requested, uint64_t lines) {
  uint64_t before = key - LW_POISON_OF_GENERATION, line = (requested + LW_LINE_BYTES - 1) / LW_LINE_BYTES;
  if (requested % LW_LINE_BYTES != 0 && !lw_poison_rest_intact_(start, before, requested)) return false;
  if (!reader(start + line * LW_LINE_BYTES, lw_poison_line(before, 0) + line * LW_POISON_LINE, lines - line))
    return false;
  filler(start, lw_poison_line(key, 0), lines);
  return true;
}

#pragma clang assume_nonnull end
