// UTF-16 to UTF-8 and back, without locales: what a Windows program prints is the same on every machine.
#include "lw_utf16.h"

#include <string.h>

enum { REPLACEMENT = 0xFFFD };

size_t lw_utf16_length_(const uint16_t *text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

static size_t put_utf8(uint32_t point, char *to) {
  if (point < 0x80) {
    to[0] = (char)point;
    return 1;
  }
  size_t bytes = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = bytes - 1; i > 0; i--, point >>= 6) to[i] = (char)(0x80 | (point & 0x3F));
  to[0] = (char)(leads[bytes] | point);
  return bytes;
}

size_t lw_utf16_to_utf8_(const uint16_t *text, size_t units, char *to) {
  size_t bytes = 0;
  for (size_t i = 0; i < units; i++) {
    uint32_t point = text[i];
    if (point >= 0xD800 && point < 0xDC00 && i + 1 < units && text[i + 1] >= 0xDC00 && text[i + 1] < 0xE000)
      point = 0x10000 + ((point - 0xD800) << 10) + (text[++i] - 0xDC00u);
    else if (point >= 0xD800 && point < 0xE000)
      point = REPLACEMENT;
    bytes += put_utf8(point, to + bytes);
  }
  return bytes;
}

/// Reads one character of at least one byte and returns how many bytes it has.
static size_t take_utf8(const uint8_t *text, size_t bytes, uint32_t *point) {
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  uint8_t lead = text[0];
  *point = lead;
  if (lead < 0x80) return 1;
  size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  *point = lead & (0x7Fu >> length);
  size_t i = 1;
  for (; i < length && i < bytes && (text[i] & 0xC0) == 0x80; i++) *point = *point << 6 | (text[i] & 0x3F);
  if (lead >= 0xC2 && lead < 0xF5 && i == length && *point >= smallest[length] && *point < 0x110000 &&
      (*point < 0xD800 || *point >= 0xE000))
    return length;
  *point = REPLACEMENT;
  return 1;
}

size_t lw_utf8_to_utf16_(const char *text, size_t bytes, uint16_t *_Nullable to, size_t limit) {
  size_t units = 0;
  for (size_t at = 0; at < bytes;) {
    uint32_t point;
    at += take_utf8((const uint8_t *)text + at, bytes - at, &point);
    size_t need = point < 0x10000 ? 1 : 2;
    if (to && units + need <= limit) {
      to[units] = (uint16_t)(need == 1 ? point : 0xD800 + ((point - 0x10000) >> 10));
      if (need == 2) to[units + 1] = (uint16_t)(0xDC00 + ((point - 0x10000) & 0x3FF));
    } else if (to) {
      limit = units; // what comes after a character that did not fit is not stored either
    }
    units += need;
  }
  return units;
}

bool lw_narrow_(const uint16_t *text, char *to, size_t capacity) {
  size_t used = 0;
  while (*text) {
    bool is_pair = text[0] >= 0xD800 && text[0] < 0xDC00 && text[1] >= 0xDC00 && text[1] < 0xE000;
    char character[2 * LW_UTF8_BYTES_OF_UNIT];
    size_t bytes = lw_utf16_to_utf8_(text, is_pair ? 2 : 1, character);
    if (used + bytes >= capacity) return false;
    memcpy(to + used, character, bytes);
    used += bytes;
    text += is_pair ? 2 : 1;
  }
  if (capacity == 0) return false;
  to[used] = 0;
  return true;
}
