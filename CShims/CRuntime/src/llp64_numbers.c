// The symbols behind numbers as text in llp64/stdlib.h and llp64/wchar.h: Microsoft's _itoa and its family, for any
// radix from 2 to 36, and the strtol and wcstol families.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

enum { DIGITS_MAX = 64 };

// ----------------------------------------------------------------------------------------------------------- writing

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

// ------------------------------------------------------------------------------------------------------------- reading

int lw_llp64_strtol(const char *text, char **end, int base) {
  long value = strtol(text, end, base);
  if (value >= INT_MIN && value <= INT_MAX) return (int)value;
  errno = ERANGE;
  return value < 0 ? INT_MIN : INT_MAX;
}

unsigned lw_llp64_strtoul(const char *text, char **end, int base) {
  int saved = errno;
  errno = 0;
  unsigned long value = strtoul(text, end, base);
  // A minus sign negates the result in the type's own width; the magnitude decides what is out of range.
  unsigned long magnitude = (long)value < 0 && errno == 0 ? -value : value;
  if (magnitude > UINT_MAX) errno = ERANGE;
  if (errno == ERANGE) return UINT_MAX;
  errno = saved;
  return (unsigned)value;
}

/// The ASCII part at the start of wide text: numbers are made of nothing else.
static void copy_ascii(const uint16_t *text, char ascii[_Nonnull 128]) {
  size_t i = 0;
  for (; i < 127 && text[i] != 0 && text[i] < 0x80; i++) ascii[i] = (char)text[i];
  ascii[i] = 0;
}

int lw_llp64_wcstol(const uint16_t *text, uint16_t **end, int base) {
  char ascii[128], *stop;
  copy_ascii(text, ascii);
  int value = lw_llp64_strtol(ascii, &stop, base);
  if (end) *end = (uint16_t *)text + (stop - ascii);
  return value;
}

unsigned lw_llp64_wcstoul(const uint16_t *text, uint16_t **end, int base) {
  char ascii[128], *stop;
  copy_ascii(text, ascii);
  unsigned value = lw_llp64_strtoul(ascii, &stop, base);
  if (end) *end = (uint16_t *)text + (stop - ascii);
  return value;
}

int lw_llp64__wtoi(const uint16_t *text) { return lw_llp64_wcstol(text, NULL, 10); }

long long lw_llp64_wcstoll(const uint16_t *text, uint16_t **end, int base) {
  char ascii[128], *stop;
  copy_ascii(text, ascii);
  long long value = strtoll(ascii, &stop, base);
  if (end) *end = (uint16_t *)text + (stop - ascii);
  return value;
}

unsigned long long lw_llp64_wcstoull(const uint16_t *text, uint16_t **end, int base) {
  char ascii[128], *stop;
  copy_ascii(text, ascii);
  unsigned long long value = strtoull(ascii, &stop, base);
  if (end) *end = (uint16_t *)text + (stop - ascii);
  return value;
}
