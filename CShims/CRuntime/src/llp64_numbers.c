// The symbols behind numbers as text in llp64/stdlib.h: Microsoft's _itoa and its family, for any radix from 2 to 36.
#include <stdbool.h>
#include <stdint.h>

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

enum { DIGITS_MAX = 64 };

/// The digits of a value, last one first; how many there are.
static int take_digits(uint64_t value, unsigned radix, char digits[DIGITS_MAX]) {
  int count = 0;
  do {
    digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % radix];
    value /= radix;
  } while (value > 0);
  return count;
}

static char *write_narrow(uint64_t value, bool negative, char *to, int radix) {
  char digits[DIGITS_MAX], *at = to;
  int count = take_digits(value, (unsigned)radix, digits);
  if (negative) *at++ = '-';
  while (count > 0) *at++ = digits[--count];
  *at = 0;
  return to;
}

static uint16_t *write_wide(uint64_t value, bool negative, uint16_t *to, int radix) {
  char digits[DIGITS_MAX];
  uint16_t *at = to;
  int count = take_digits(value, (unsigned)radix, digits);
  if (negative) *at++ = '-';
  while (count > 0) *at++ = (uint16_t)digits[--count];
  *at = 0;
  return to;
}

/// Only decimal numbers have a sign; in another radix a negative one is what its bits are.
static bool has_sign(int64_t value, int radix) { return radix == 10 && value < 0; }

static uint64_t magnitude_of(int64_t value, uint64_t bits, int radix) {
  return has_sign(value, radix) ? 0 - (uint64_t)value : bits;
}

char *lw_llp64__itoa(int value, char *to, int radix) {
  return write_narrow(magnitude_of(value, (uint32_t)value, radix), has_sign(value, radix), to, radix);
}

char *lw_llp64__ultoa(uint32_t value, char *to, int radix) { return write_narrow(value, false, to, radix); }

char *lw_llp64__i64toa(int64_t value, char *to, int radix) {
  return write_narrow(magnitude_of(value, (uint64_t)value, radix), has_sign(value, radix), to, radix);
}

char *lw_llp64__ui64toa(uint64_t value, char *to, int radix) { return write_narrow(value, false, to, radix); }

uint16_t *lw_llp64__itow(int value, uint16_t *to, int radix) {
  return write_wide(magnitude_of(value, (uint32_t)value, radix), has_sign(value, radix), to, radix);
}

uint16_t *lw_llp64__ultow(uint32_t value, uint16_t *to, int radix) { return write_wide(value, false, to, radix); }
