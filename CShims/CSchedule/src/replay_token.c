// How a schedule is written as text, for whoever shows one and for a program that crashes in the midst of it: so
// without the heap and without a lock. Exploration's ReplayToken says what stands where, and reads it.
#include <string.h>

#include "control.h"

enum {
  CRC_START = 0xffff,
  CRC_POLYNOMIAL = 0x1021, ///< CRC-16 (CCITT): a mistyped letter is always noticed
  BITS_A_LETTER = 6
};

/// What was written so far: its sum and, where there is room for it, its text.
typedef struct writer {
  uint32_t sum;
  char *_Nullable text;
  size_t room;
  size_t length; ///< also of what found no room
  uint32_t bits; ///< that have no letter yet, in the lowest `bit_count`
  uint32_t bit_count;
} writer;

static void put_letter(writer *self, uint32_t bits) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (self->length < self->room) self->text[self->length] = letters[bits % (1 << BITS_A_LETTER)];
  self->length++;
}

static void put_byte(writer *self, uint32_t byte) {
  self->sum ^= byte << 8;
  for (uint32_t bit = 0; bit < 8; bit++)
    self->sum = (self->sum & 0x8000 ? self->sum << 1 ^ CRC_POLYNOMIAL : self->sum << 1) & 0xffff;
  if (!self->text) return;
  self->bits = self->bits << 8 | byte;
  for (self->bit_count += 8; self->bit_count >= BITS_A_LETTER; self->bit_count -= BITS_A_LETTER)
    put_letter(self, self->bits >> (self->bit_count - BITS_A_LETTER));
}

/// 7 bits a byte, lowest first.
static void put_number(writer *self, uint64_t number) {
  for (; number >= 0x80; number >>= 7) put_byte(self, (uint32_t)(number & 0x7f) | 0x80);
  put_byte(self, (uint32_t)number);
}

/// The ordinal of the member's deviation before that at `place`; 0 when it is his first.
static uint16_t ordinal_before(const lw_deviation *deviations, uint32_t place) {
  for (uint32_t i = place; i-- > 0;)
    if (deviations[i].member == deviations[place].member) return deviations[i].ordinal;
  return 0;
}

static void put_body(writer *self, uint32_t digest, const uint64_t *settings, uint32_t setting_count,
                     const lw_deviation *deviations, uint32_t count) {
  for (uint32_t i = 0; i < sizeof digest; i++) put_byte(self, digest >> (i * 8) & 0xff);
  put_number(self, setting_count);
  for (uint32_t i = 0; i < setting_count; i++) put_number(self, settings[i]);
  put_number(self, count);
  for (uint32_t i = 0; i < count; i++) {
    put_number(self, deviations[i].member);
    put_number(self, (uint16_t)(deviations[i].ordinal - ordinal_before(deviations, i)));
    put_number(self, (uint64_t)deviations[i].value * LW_TURN_COUNT + deviations[i].turn);
  }
}

size_t lw_replay_token_write(char *text, size_t bytes, uint32_t digest, const uint64_t *settings,
                             uint32_t setting_count, const lw_deviation *deviations, uint32_t count) {
  const size_t prefix = sizeof LW_REPLAY_TOKEN_PREFIX - 1;
  if (bytes <= prefix) return 0;
  writer summing = {.sum = CRC_START};
  put_body(&summing, digest, settings, setting_count, deviations, count);
  memcpy(text, LW_REPLAY_TOKEN_PREFIX, prefix);
  writer writing = {.text = text, .room = bytes - 1, .length = prefix};
  put_byte(&writing, summing.sum & 0xff);
  put_byte(&writing, summing.sum >> 8);
  put_body(&writing, digest, settings, setting_count, deviations, count);
  if (writing.bit_count != 0) put_letter(&writing, writing.bits << (BITS_A_LETTER - writing.bit_count));
  if (writing.length > writing.room) return 0;
  text[writing.length] = 0;
  return writing.length;
}

uint16_t lw_replay_token_sum(const uint8_t *bytes, size_t count) {
  writer summing = {.sum = CRC_START};
  for (size_t i = 0; i < count; i++) put_byte(&summing, bytes[i]);
  return (uint16_t)summing.sum;
}
