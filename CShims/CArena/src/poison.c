// Filling and reading poison: most of the time of an allocation and its free. Where no tool follows the accesses, 16
// or, if the processor can, 32 bytes are moved at once. The moves are instructions of their own and no accesses of the
// language, so they cannot be a data race in its sense, and an aligned part of one is as atomic as a word.
// ThreadSanitizer must see what happens and gets words.
#include "poison.h"

#if defined(__SSE2__) && !defined(LW_PLAIN_STORES) && !__has_feature(thread_sanitizer)
#include <immintrin.h>

#define LW_WIDE __attribute__((target("avx2")))

/// The words of a line whose first one is `first`.
typedef struct halves {
  __m256i of[2];
} halves;
LW_WIDE LW_QUICK halves halves_of_line(uint64_t first) {
  __m256i base = _mm256_set1_epi64x((long long)first);
  return (halves){{_mm256_add_epi64(base, _mm256_set_epi64x(0x06060606, 0x04040404, 0x02020202, 0)),
                   _mm256_add_epi64(base, _mm256_set_epi64x(0x0E0E0E0E, 0x0C0C0C0C, 0x0A0A0A0A, 0x08080808))}};
}

/// Fills `count` lines of one chunk from `at` on; `first` is the first word there.
LW_WIDE LW_QUICK void fill_lines_by_halves(char *at, uint64_t first, uint64_t count) {
  halves line = halves_of_line(first);
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
LW_WIDE LW_QUICK bool lines_intact_by_halves(const char *at, uint64_t first, uint64_t count) {
  halves line = halves_of_line(first);
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

typedef struct pairs {
  __m128i of[4];
} pairs;
LW_QUICK pairs pairs_of_line(uint64_t first) {
  __m128i base = _mm_set1_epi64x((long long)first);
  return (pairs){{_mm_add_epi64(base, _mm_set_epi64x(0x02020202, 0)),
                  _mm_add_epi64(base, _mm_set_epi64x(0x06060606, 0x04040404)),
                  _mm_add_epi64(base, _mm_set_epi64x(0x0A0A0A0A, 0x08080808)),
                  _mm_add_epi64(base, _mm_set_epi64x(0x0E0E0E0E, 0x0C0C0C0C))}};
}

LW_QUICK void fill_lines(char *at, uint64_t first, uint64_t count) {
  pairs line = pairs_of_line(first);
  const __m128i step = _mm_set1_epi64x((long long)LW_POISON_LINE);
  for (char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES) {
#pragma clang loop unroll(full)
    for (int pair = 0; pair < 4; pair++) {
      __asm__ volatile("movdqa %1, %0" : "=m"(*(__m128i *)(void *)(at + 16 * pair)) : "x"(line.of[pair]));
      line.of[pair] = _mm_add_epi64(line.of[pair], step);
    }
  }
}

LW_QUICK bool lines_intact(const char *at, uint64_t first, uint64_t count) {
  pairs line = pairs_of_line(first);
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
LW_QUICK void fill_lines(char *at, uint64_t first, uint64_t count) {
  for (char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES, first += LW_POISON_LINE)
    for (uint64_t word = 0; word < LW_LINE_WORDS; word++) lw_store64(at + 8 * word, first + lw_poison_place(word));
}

LW_QUICK bool lines_intact(const char *at, uint64_t first, uint64_t count) {
  uint64_t changed = 0;
  for (const char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES, first += LW_POISON_LINE)
    for (uint64_t word = 0; word < LW_LINE_WORDS; word++)
      changed |= lw_load64(at + 8 * word) ^ (first + lw_poison_place(word));
  return changed == 0;
}
#endif

/// Rare work, for which its callers shall not have to save their registers.
#define LW_APART __attribute__((noinline, preserve_most))

/// How the lines of one chunk are filled and read; constants, so that they are inlined.
typedef void lines_filler(char *at, uint64_t first, uint64_t count);
typedef bool lines_reader(const char *at, uint64_t first, uint64_t count);

static LW_APART void fill_chunks(lines_filler *filler, char *start, uint64_t key, uint64_t lines) {
  for (uint64_t line = 0; line < lines; line += LW_CHUNK_LINES)
    filler(start + line * LW_LINE_BYTES, lw_poison_line(key, line),
           lines - line < LW_CHUNK_LINES ? lines - line : LW_CHUNK_LINES);
}

static LW_APART bool chunks_intact(lines_reader *reader, const char *start, uint64_t key, uint64_t line,
                                   uint64_t lines) {
  for (uint64_t count; line < lines; line += count) {
    uint64_t left = LW_CHUNK_LINES - line % LW_CHUNK_LINES;
    count = lines - line < left ? lines - line : left;
    if (!reader(start + line * LW_LINE_BYTES, lw_poison_line(key, line), count)) return false;
  }
  return true;
}

LW_QUICK void fill_by(lines_filler *filler, char *start, uint64_t key, uint64_t bytes) {
  uint64_t lines = bytes / LW_LINE_BYTES;
  if (__builtin_expect(lines <= LW_CHUNK_LINES, 1))
    filler(start, lw_poison_line(key, 0), lines);
  else
    fill_chunks(filler, start, key, lines);
}

LW_QUICK bool intact_by(lines_reader *reader, const char *start, uint64_t key, uint64_t line, uint64_t bytes) {
  uint64_t lines = bytes / LW_LINE_BYTES;
  if (__builtin_expect(lines <= LW_CHUNK_LINES, 1))
    return reader(start + line * LW_LINE_BYTES, lw_poison_line(key, 0) + line * LW_POISON_LINE, lines - line);
  return chunks_intact(reader, start, key, line, lines);
}

/// Whether the bytes from `from` to the end of its line are intact: the rest of a word and whole words.
static LW_APART bool rest_of_line_intact(const char *start, uint64_t key, uint64_t from) {
  uint64_t index = from / 8, expected = lw_poison_word(key, index);
  uint64_t changed = (lw_load64(start + 8 * index) ^ expected) >> (from & 7) * 8;
  for (index++; index % LW_LINE_WORDS != 0; index++) {
    expected += lw_poison_place(1);
    changed |= lw_load64(start + 8 * index) ^ expected;
  }
  return changed == 0;
}

/// Whether the bytes from `from` (any) to `to` (a multiple of 64) are intact.
LW_QUICK bool slack_intact_by(lines_reader *reader, const char *start, uint64_t key, uint64_t from, uint64_t to) {
  if (from % LW_LINE_BYTES != 0 && !rest_of_line_intact(start, key, from)) return false;
  return intact_by(reader, start, key, (from + LW_LINE_BYTES - 1) / LW_LINE_BYTES, to);
}

LW_QUICK bool turn_by(lines_filler *filler, lines_reader *reader, char *start, uint64_t key, uint64_t requested,
                      uint64_t bytes) {
  if (__builtin_expect(!slack_intact_by(reader, start, key - LW_POISON_OF_GENERATION, requested, bytes), 0))
    return false;
  fill_by(filler, start, key, bytes);
  return true;
}

static void fill(char *start, uint64_t key, uint64_t bytes) { fill_by(fill_lines, start, key, bytes); }
static bool intact(const char *start, uint64_t key, uint64_t bytes) {
  return intact_by(lines_intact, start, key, 0, bytes);
}
static bool turn(char *start, uint64_t key, uint64_t requested, uint64_t bytes) {
  return turn_by(fill_lines, lines_intact, start, key, requested, bytes);
}

lw_poison_filler *lw_poison_fill = fill;
lw_poison_reader *lw_poison_intact = intact;
lw_poison_turner *lw_poison_turn = turn;

#ifdef LW_WIDE
LW_WIDE static void fill_by_halves(char *start, uint64_t key, uint64_t bytes) {
  fill_by(fill_lines_by_halves, start, key, bytes);
}
LW_WIDE static bool intact_by_halves(const char *start, uint64_t key, uint64_t bytes) {
  return intact_by(lines_intact_by_halves, start, key, 0, bytes);
}
LW_WIDE static bool turn_by_halves(char *start, uint64_t key, uint64_t requested, uint64_t bytes) {
  return turn_by(fill_lines_by_halves, lines_intact_by_halves, start, key, requested, bytes);
}

/// Before any arena: what a block was filled with does not depend on the choice.
static __attribute__((constructor)) void choose(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2")) return;
  lw_poison_fill = fill_by_halves;
  lw_poison_intact = intact_by_halves;
  lw_poison_turn = turn_by_halves;
}
#endif
