// Lines of poison by the wide moves of x86: 16 bytes at once everywhere, 32 or 64 if the processor can. The moves are
// instructions of their own and no accesses of the language, so they cannot be a data race in its sense, and an aligned
// part of one is as atomic as a word. Included by poison_lines.h.
#pragma once

#include <immintrin.h>

#include "poison_lines.h"

#pragma clang assume_nonnull begin

// --------------------------------------------------------------------------------------------------- 16 bytes at once

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

// --------------------------------------------------------------------------------------------------- 32 bytes at once

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

LW_WIDE LW_QUICK void lw_slot_fill_by_halves(char *start, uint64_t key, uint64_t lines, const char *next) {
  lw_lines_fetch(next, lines);
  lw_lines_fill_by_halves(start, lw_poison_line(key, 0), lines);
}

LW_WIDE LW_QUICK bool lw_slot_intact_by_halves(const char *start, uint64_t key, uint64_t lines) {
  return lw_lines_intact_by_halves(start, lw_poison_line(key, 0), lines);
}

/// As many zeros as a line has bytes, and behind them as many bytes of ones.
extern const uint8_t lw_line_masks_[2 * LW_LINE_BYTES];

LW_WIDE LW_QUICK bool lw_slack_intact_by_halves(const char *start, uint64_t key, uint64_t requested, uint64_t lines) {
  if (__builtin_expect(lines > LW_LINEAR_CLASSES, 0))
    return lw_slack_intact_by(lw_lines_intact_by_halves, start, key, requested, lines);
  // The slack is the end of the last line, but for up to 7 bytes before that.
  int64_t used = (int64_t)(requested - (lines - 1) * LW_LINE_BYTES);
  if (__builtin_expect(used < 0, 0)) {
    if (!lw_poison_rest_intact_(start, key, requested)) return false;
    used = 0;
  }
  lw_halves line = lw_halves_of_line(lw_poison_line(key, 0) + (lines - 1) * LW_POISON_LINE);
  const char *at = start + (lines - 1) * LW_LINE_BYTES;
  const uint8_t *mask = lw_line_masks_ + LW_LINE_BYTES - used;
  __m256i changed[2];
#pragma clang loop unroll(full)
  for (int half = 0; half < 2; half++) {
    __asm__ volatile("vpxor %2, %1, %0"
                     : "=x"(changed[half])
                     : "x"(line.of[half]), "m"(*(const __m256i *)(const void *)(at + 32 * half)));
    changed[half] = _mm256_and_si256(changed[half], _mm256_loadu_si256((const __m256i_u *)(mask + 32 * half)));
  }
  __m256i all = _mm256_or_si256(changed[0], changed[1]);
  return _mm256_testz_si256(all, all);
}

// ------------------------------------------------------------------------------------------------------ a line at once

#define LW_WIDEST __attribute__((target("avx512f,avx512bw,prfchw")))

/// What the key does not decide of the lines of a slot of a linear class. Static: reached without the linker's help.
static const _Alignas(LW_LINE_BYTES) uint64_t lw_line_places[LW_LINEAR_CLASSES][LW_LINE_WORDS] = {
#define LW_PLACE(line, word) LW_POISON_ODD + (line) * LW_POISON_LINE + (word) * 0x02020202ull
#define LW_PLACES(line)                                                                                                \
  {LW_PLACE(line, 0), LW_PLACE(line, 1), LW_PLACE(line, 2), LW_PLACE(line, 3),                                         \
   LW_PLACE(line, 4), LW_PLACE(line, 5), LW_PLACE(line, 6), LW_PLACE(line, 7)}
    LW_PLACES(0), LW_PLACES(1), LW_PLACES(2), LW_PLACES(3), LW_PLACES(4), LW_PLACES(5), LW_PLACES(6), LW_PLACES(7)};

/// A line as lw_poison_line and lw_poison_place make it, all of it at once: what is kept of the key, and its place.
LW_WIDEST LW_QUICK __m512i lw_whole_line(uint64_t key, const uint64_t *place) {
  const __m512i kept = _mm512_set1_epi64((long long)~(LW_POISON_ODD | LW_POISON_PLACE | LW_POISON_LINES));
  enum { KEPT_OF_KEY_OR_PLACE = 0xEA };
  return _mm512_ternarylogic_epi64(_mm512_set1_epi64((long long)key), kept, _mm512_load_si512(place),
                                   KEPT_OF_KEY_OR_PLACE);
}

LW_WIDEST LW_QUICK void lw_whole_line_store(char *at, __m512i line) {
  __asm__ volatile("vmovdqa64 %1, %0" : "=m"(*(__m512i *)(void *)at) : "v"(line));
}
/// Adds to `changed` what differs.
LW_WIDEST LW_QUICK __m512i lw_whole_line_compare(const char *at, __m512i line, __m512i changed) {
  // changed |= line ^ memory
  __asm__ volatile("vpternlogq $0xF6, %2, %1, %0" : "+v"(changed) : "v"(line), "m"(*(const __m512i *)(const void *)at));
  return changed;
}

LW_WIDEST LW_QUICK void lw_slot_fill_whole(char *start, uint64_t key, uint64_t lines, const char *next) {
  const __m512i step = _mm512_set1_epi64((long long)LW_POISON_LINE);
  if (__builtin_expect(lines <= LW_LINEAR_CLASSES, 1)) {
    __m512i line = lw_whole_line(key, lw_line_places[lines - 1]);
#define LW_FILL(i)                                                                                                     \
  __builtin_prefetch(next + (i) * LW_LINE_BYTES, 1);                                                                   \
  lw_whole_line_store(start + (i) * LW_LINE_BYTES, line);                                                              \
  line = _mm512_sub_epi64(line, step)
    LW_EACH_OF_FEW_LINES(lines, LW_FILL)
#undef LW_FILL
    return;
  }
  __m512i line = lw_whole_line(key, lw_line_places[0]);
  uint64_t at = 0, end = lines * LW_LINE_BYTES;
  do {
    __builtin_prefetch(next + at, 1);
    lw_whole_line_store(start + at, line);
    line = _mm512_add_epi64(line, step);
  } while ((at += LW_LINE_BYTES) != end);
}

LW_WIDEST LW_QUICK bool lw_slot_intact_whole(const char *start, uint64_t key, uint64_t lines) {
  const __m512i step = _mm512_set1_epi64((long long)LW_POISON_LINE);
  __m512i changed = _mm512_setzero_si512();
  if (__builtin_expect(lines <= LW_LINEAR_CLASSES, 1)) {
    __m512i line = lw_whole_line(key, lw_line_places[lines - 1]);
#define LW_COMPARE(i)                                                                                                  \
  changed = lw_whole_line_compare(start + (i) * LW_LINE_BYTES, line, changed);                                         \
  line = _mm512_sub_epi64(line, step)
    LW_EACH_OF_FEW_LINES(lines, LW_COMPARE)
#undef LW_COMPARE
    return _mm512_test_epi64_mask(changed, changed) == 0;
  }
  __m512i line = lw_whole_line(key, lw_line_places[0]);
  uint64_t at = 0, end = lines * LW_LINE_BYTES;
  do {
    changed = lw_whole_line_compare(start + at, line, changed);
    line = _mm512_add_epi64(line, step);
  } while ((at += LW_LINE_BYTES) != end);
  return _mm512_test_epi64_mask(changed, changed) == 0;
}

LW_WIDEST LW_QUICK bool lw_slack_intact_whole(const char *start, uint64_t key, uint64_t requested, uint64_t lines) {
  if (__builtin_expect(lines > LW_LINEAR_CLASSES, 0))
    return lw_slack_intact_by(lw_lines_intact, start, key, requested, lines);
  uint64_t last = lines * LW_LINE_BYTES - LW_LINE_BYTES;
  int64_t used = (int64_t)(requested - last);
  if (__builtin_expect(used < 0, 0)) {
    if (!lw_poison_rest_intact_(start, key, requested)) return false;
    used = 0;
  }
  __m512i found;
  __asm__ volatile("vmovdqa64 %1, %0" : "=v"(found) : "m"(*(const __m512i *)(const void *)(start + last)));
  __m512i line = lw_whole_line(key, &lw_line_places[0][0] + last / 8);
  return _mm512_cmpneq_epi8_mask(line, found) >> used == 0;
}

#pragma clang assume_nonnull end
