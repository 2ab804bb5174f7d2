// The symbols behind the printing half of llp64/wchar.h. In those that the C standard has, %s means a narrow string, as
// mingw has it; in those that Microsoft's C run time alone has, a wide one.
#include <stdbool.h>
#include <stdlib.h>

#include "format.h"
#include "lw_schedule.h"
#include "lw_utf16.h"

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

int lw_llp64_vfwprintf(FILE *stream, const uint16_t *format, va_list arguments) {
  lw_text_sink sink = {.stream = stream, .is_wide = true};
  return lw_format_wide_(&sink, format, arguments);
}

int lw_llp64_vwprintf(const uint16_t *format, va_list arguments) {
  return lw_llp64_vfwprintf(stdout, format, arguments);
}

int lw_llp64_vswprintf(uint16_t *buffer, size_t units, const uint16_t *format, va_list arguments) {
  lw_text_sink sink = {.units = buffer, .limit = units ? units - 1 : 0, .is_wide = true};
  size_t count = (size_t)lw_format_wide_(&sink, format, arguments);
  if (units) buffer[count < units ? count : sink.limit] = 0;
  return (int)count;
}

int lw_llp64__vsnwprintf(uint16_t *buffer, size_t units, const uint16_t *format, va_list arguments) {
  lw_text_sink sink = {.units = buffer, .limit = units, .is_wide = true, .has_wide_strings = true};
  size_t count = (size_t)lw_format_wide_(&sink, format, arguments);
  if (count < units) buffer[count] = 0;
  return count <= units ? (int)count : -1;
}

int lw_llp64__snwprintf(uint16_t *buffer, size_t units, const uint16_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64__vsnwprintf(buffer, units, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_wprintf(const uint16_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_vfwprintf(stdout, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_fwprintf(FILE *stream, const uint16_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_vfwprintf(stream, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_swprintf(uint16_t *buffer, size_t units, const uint16_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_vswprintf(buffer, units, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_swprintf_s(uint16_t *buffer, size_t units, const uint16_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64__vsnwprintf(buffer, units, format, arguments);
  va_end(arguments);
  if (count < 0 || (size_t)count == units) lw_fatal("swprintf_s was given a buffer that is too small for its text");
  return count;
}

static int print_wide(FILE *stream, const uint16_t *format, va_list arguments) {
  lw_text_sink sink = {.stream = stream, .is_wide = true, .has_wide_strings = true};
  return lw_format_wide_(&sink, format, arguments);
}

int lw_llp64_fwprintf_s(FILE *stream, const uint16_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = print_wide(stream, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_wprintf_s(const uint16_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = print_wide(stdout, format, arguments);
  va_end(arguments);
  return count;
}

/// Writes wide text as UTF-8, whole. False when the stream fails.
static bool put_units(const uint16_t *text, size_t units, FILE *stream) {
  char *utf8 = malloc(units * LW_UTF8_BYTES_OF_UNIT + 1);
  if (!utf8) return false;
  size_t bytes = lw_utf16_to_utf8_(text, units, utf8);
  bool whole = fwrite(utf8, 1, bytes, stream) == bytes;
  free(utf8);
  return whole;
}

int lw_llp64_fputws(const uint16_t *text, FILE *stream) {
  return put_units(text, lw_utf16_length_(text), stream) ? 0 : -1;
}

unsigned lw_llp64_fputwc(uint16_t character, FILE *stream) {
  return put_units(&character, 1, stream) ? character : (unsigned)-1;
}

int lw_llp64__putws(const uint16_t *text) {
  return lw_llp64_fputws(text, stdout) == 0 && putchar('\n') != EOF ? 0 : -1;
}
