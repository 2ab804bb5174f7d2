// Filling and reading short slots of poison, line by line: most of the time of an allocation and its free. Where no
// tool follows the accesses, the processor's widest moves are used (poison_moves.h). ThreadSanitizer must see what
// happens and gets words.
#pragma once

#include "poison.h"
#include "size_classes.h"

#pragma clang assume_nonnull begin

// Three things that the quick paths do with a slot of `lines`, at most a chunk, whose poison has `key`. They are passed
// as constants to what is LW_QUICK, so that they are inlined.

/// Fills it, and asks for as many lines from `next` on, which will be wanted soon, at the same time.
typedef void lw_slot_filler(char *start, uint64_t key, uint64_t lines, const char *next);
/// Whether all of it is intact.
typedef bool lw_slot_reader(const char *start, uint64_t key, uint64_t lines);
/// Whether the slack behind `requested` bytes is intact.
typedef bool lw_slack_reader(const char *start, uint64_t key, uint64_t requested, uint64_t lines);

/// Fills `count` lines of one chunk from `at` on; `first` is the first word there.
typedef void lw_lines_filler(char *at, uint64_t first, uint64_t count);
/// Whether they are intact.
typedef bool lw_lines_reader(const char *at, uint64_t first, uint64_t count);

/// Does `step(i)` for the lines of a slot of a linear class, the last one first. To count so few would cost as much as
/// the work.
#define LW_EACH_OF_FEW_LINES(lines, step)                                                                              \
  switch (lines) {                                                                                                     \
  case 8:                                                                                                              \
    step(7);                                                                                                           \
  case 7:                                                                                                              \
    step(6);                                                                                                           \
  case 6:                                                                                                              \
    step(5);                                                                                                           \
  case 5:                                                                                                              \
    step(4);                                                                                                           \
  case 4:                                                                                                              \
    step(3);                                                                                                           \
  case 3:                                                                                                              \
    step(2);                                                                                                           \
  case 2:                                                                                                              \
    step(1);                                                                                                           \
  default:                                                                                                             \
    step(0);                                                                                                           \
  }

/// Asks for lines that will be written soon.
LW_QUICK void lw_lines_fetch(const char *at, uint64_t count) {
  if (__builtin_expect(count <= LW_LINEAR_CLASSES, 1)) {
#define LW_FETCH(line) __builtin_prefetch(at + (line) * LW_LINE_BYTES, 1)
    LW_EACH_OF_FEW_LINES(count, LW_FETCH)
#undef LW_FETCH
    return;
  }
  for (const char *end = at + count * LW_LINE_BYTES; at < end; at += LW_LINE_BYTES) __builtin_prefetch(at, 1);
}

LW_QUICK bool lw_slack_intact_by(lw_lines_reader *reader, const char *start, uint64_t key, uint64_t requested,
                                 uint64_t lines) {
  uint64_t line = (requested + LW_LINE_BYTES - 1) / LW_LINE_BYTES;
  if (requested % LW_LINE_BYTES != 0 && !lw_poison_rest_intact_(start, key, requested)) return false;
  return reader(start + line * LW_LINE_BYTES, lw_poison_line(key, 0) + line * LW_POISON_LINE, lines - line);
}

#pragma clang assume_nonnull end

#if defined(__SSE2__) && !defined(LW_PLAIN_STORES) && !__has_feature(thread_sanitizer)
#include "poison_moves.h"
#pragma clang assume_nonnull begin
#else
#pragma clang assume_nonnull begin

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

LW_QUICK void lw_slot_fill(char *start, uint64_t key, uint64_t lines, const char *next) {
  lw_lines_fetch(next, lines);
  lw_lines_fill(start, lw_poison_line(key, 0), lines);
}
LW_QUICK bool lw_slot_intact(const char *start, uint64_t key, uint64_t lines) {
  return lw_lines_intact(start, lw_poison_line(key, 0), lines);
}
LW_QUICK bool lw_slack_intact(const char *start, uint64_t key, uint64_t requested, uint64_t lines) {
  return lw_slack_intact_by(lw_lines_intact, start, key, requested, lines);
}

#pragma clang assume_nonnull end
