// Capital and small letters in names: those of Latin, Greek and Cyrillic, whose UTF-8 has as many bytes in both cases.
#include "name_case.h"

#include <stdint.h>
#include <string.h>

/// The small letter of a capital one; any other stays.
static unsigned fold(unsigned c) {
  bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
                  (c >= 0x391 && c <= 0x3AB && c != 0x3A2) || (c >= 0x410 && c <= 0x42F);
  if (is_plain) return c + 32;
  // Latin Extended-A and the later Cyrillic letters stand in pairs.
  bool is_even = (c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14A && c <= 0x177) || (c >= 0x460 && c <= 0x481) ||
                 (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F);
  bool is_odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) || (c >= 0x4C1 && c <= 0x4CE);
  if ((is_even && c % 2 == 0) || (is_odd && c % 2 == 1)) return c + 1;
  if (c == 0x178) return 0xFF;
  return c >= 0x400 && c <= 0x40F ? c + 80 : c;
}

void lw_fold_case_(char *name) {
  for (unsigned char *at = (unsigned char *)name; *at;) {
    bool is_pair = (*at & 0xE0) == 0xC0 && (at[1] & 0xC0) == 0x80;
    unsigned folded = fold(is_pair ? (unsigned)(*at & 0x1F) << 6 | (at[1] & 0x3F) : *at);
    if (is_pair) {
      *at++ = (unsigned char)(0xC0 | folded >> 6);
      *at++ = (unsigned char)(0x80 | (folded & 0x3F));
    } else {
      // A byte of a longer letter has none of the values that change.
      *at = *at < 0x80 ? (unsigned char)folded : *at;
      at++;
    }
  }
}

bool lw_same_but_for_case_(const char *name, const char *other) {
  size_t bytes = strlen(name);
  if (strlen(other) != bytes || bytes >= LW_FOLDED_BYTES) return false;
  char folded[LW_FOLDED_BYTES], folded_other[LW_FOLDED_BYTES];
  memcpy(folded, name, bytes + 1);
  memcpy(folded_other, other, bytes + 1);
  lw_fold_case_(folded);
  lw_fold_case_(folded_other);
  return strcmp(folded, folded_other) == 0;
}
