// Filling and reading whole slots of any length, by the widest moves that the processor has. The quick paths of short
// slots use the lines themselves, see poison_lines.h.
#include "poison_lines.h"

LW_QUICK void fill_chunks(lw_lines_filler *filler, char *start, uint64_t key, uint64_t lines) {
  for (uint64_t line = 0; line < lines; line += LW_CHUNK_LINES)
    filler(start + line * LW_LINE_BYTES, lw_poison_line(key, line),
           lines - line < LW_CHUNK_LINES ? lines - line : LW_CHUNK_LINES);
}

LW_QUICK bool chunks_intact(lw_lines_reader *reader, const char *start, uint64_t key, uint64_t line, uint64_t lines) {
  for (uint64_t count; line < lines; line += count) {
    uint64_t left = LW_CHUNK_LINES - line % LW_CHUNK_LINES;
    count = lines - line < left ? lines - line : left;
    if (!reader(start + line * LW_LINE_BYTES, lw_poison_line(key, line), count)) return false;
  }
  return true;
}

bool lw_poison_rest_intact_(const char *start, uint64_t key, uint64_t from) {
  uint64_t index = from / 8, expected = lw_poison_word(key, index);
  uint64_t changed = (lw_load64(start + 8 * index) ^ expected) >> (from & 7) * 8;
  for (index++; index % LW_LINE_WORDS != 0; index++) {
    expected += lw_poison_place(1);
    changed |= lw_load64(start + 8 * index) ^ expected;
  }
  return changed == 0;
}

LW_QUICK bool intact_by(lw_lines_reader *reader, const char *start, uint64_t key, uint64_t from, uint64_t to) {
  if (from % LW_LINE_BYTES != 0 && !lw_poison_rest_intact_(start, key, from)) return false;
  return chunks_intact(reader, start, key, (from + LW_LINE_BYTES - 1) / LW_LINE_BYTES, to / LW_LINE_BYTES);
}

static void fill(char *start, uint64_t key, uint64_t bytes) {
  fill_chunks(lw_lines_fill, start, key, bytes / LW_LINE_BYTES);
}
static bool intact(const char *start, uint64_t key, uint64_t from, uint64_t to) {
  return intact_by(lw_lines_intact, start, key, from, to);
}

lw_poison_filler *lw_poison_fill = fill;
lw_poison_reader *lw_poison_intact = intact;

#ifdef LW_WIDE
const uint8_t lw_line_masks_[2 * LW_LINE_BYTES] = {
    [LW_LINE_BYTES... 2 * LW_LINE_BYTES - 1] = 0xFF,
};

LW_WIDE static void fill_by_halves(char *start, uint64_t key, uint64_t bytes) {
  fill_chunks(lw_lines_fill_by_halves, start, key, bytes / LW_LINE_BYTES);
}
LW_WIDE static bool intact_by_halves(const char *start, uint64_t key, uint64_t from, uint64_t to) {
  return intact_by(lw_lines_intact_by_halves, start, key, from, to);
}

/// Before any arena: what a block was filled with does not depend on the choice.
static __attribute__((constructor)) void choose(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2")) return;
  lw_poison_fill = fill_by_halves;
  lw_poison_intact = intact_by_halves;
}
#endif
