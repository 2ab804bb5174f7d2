// The symbols behind llp64/stdio.h and the printing half of llp64/wchar.h.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "lw_schedule.h"
#include "lw_utf16.h"

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

// ------------------------------------------------------------------------------------------------------------ narrow

int lw_llp64_vfprintf(FILE *stream, const char *format, va_list arguments) {
  lw_text_sink sink = {.stream = stream};
  return lw_format_(&sink, format, arguments);
}

int lw_llp64_vprintf(const char *format, va_list arguments) { return lw_llp64_vfprintf(stdout, format, arguments); }

int lw_llp64_vsnprintf(char *buffer, size_t bytes, const char *format, va_list arguments) {
  lw_text_sink sink = {.bytes = buffer, .limit = bytes ? bytes - 1 : 0};
  int count = lw_format_(&sink, format, arguments);
  if (bytes) buffer[(size_t)count < bytes ? (size_t)count : bytes - 1] = 0;
  return count;
}

int lw_llp64_vsprintf(char *buffer, const char *format, va_list arguments) {
  return lw_llp64_vsnprintf(buffer, (size_t)1 << 62, format, arguments);
}

int lw_llp64__vsnprintf(char *buffer, size_t bytes, const char *format, va_list arguments) {
  lw_text_sink sink = {.bytes = buffer, .limit = bytes};
  size_t count = (size_t)lw_format_(&sink, format, arguments);
  if (count < bytes) buffer[count] = 0;
  return count <= bytes ? (int)count : -1;
}

int lw_llp64_printf(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_vfprintf(stdout, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_fprintf(FILE *stream, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_vfprintf(stream, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_sprintf(char *buffer, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_vsprintf(buffer, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_snprintf(char *buffer, size_t bytes, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_vsnprintf(buffer, bytes, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64__snprintf(char *buffer, size_t bytes, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64__vsnprintf(buffer, bytes, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_vsprintf_s(char *buffer, size_t bytes, const char *format, va_list arguments) {
  int count = lw_llp64_vsnprintf(buffer, bytes, format, arguments);
  if ((size_t)count >= bytes) lw_fatal("sprintf_s was given a buffer that is too small for its text");
  return count;
}

int lw_llp64_sprintf_s(char *buffer, size_t bytes, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_vsprintf_s(buffer, bytes, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64__snprintf_s(char *buffer, size_t bytes, size_t count, const char *format, ...) {
  size_t room = count < bytes ? count + 1 : bytes;
  va_list arguments;
  va_start(arguments, format);
  size_t need = (size_t)lw_llp64_vsnprintf(buffer, room, format, arguments);
  va_end(arguments);
  if (need >= room && room == bytes && count != SIZE_MAX)
    lw_fatal("_snprintf_s was given a buffer that is too small for its text");
  return need < room ? (int)need : -1;
}

// -------------------------------------------------------------------------------------------------------------- wide

int lw_llp64_vfwprintf(FILE *stream, const uint16_t *format, va_list arguments) {
  lw_text_sink sink = {.stream = stream, .is_wide = true};
  return lw_format_wide_(&sink, format, arguments);
}

int lw_llp64_vwprintf(const uint16_t *format, va_list arguments) {
  return lw_llp64_vfwprintf(stdout, format, arguments);
}

int lw_llp64_vswprintf(uint16_t *buffer, size_t units, const uint16_t *format, va_list arguments) {
  if (units == 0) return -1;
  lw_text_sink sink = {.units = buffer, .limit = units - 1, .is_wide = true};
  size_t count = (size_t)lw_format_wide_(&sink, format, arguments);
  buffer[count < units ? count : sink.limit] = 0;
  return count < units ? (int)count : -1;
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
  int count = lw_llp64_vswprintf(buffer, units, format, arguments);
  va_end(arguments);
  if (count < 0) lw_fatal("swprintf_s was given a buffer that is too small for its text");
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

// ------------------------------------------------------------------------------------------------------------- input

/// The format as libc must see it: an l in front of an integer goes (32 bits), I64 becomes ll, I32 goes.
static void translate_scan(const char *format, char *to) {
  while (*format) {
    if (*format != '%') {
      *to++ = *format++;
      continue;
    }
    *to++ = *format++;
    if (*format == '%') {
      *to++ = *format++;
      continue;
    }
    while (*format == '*' || (*format >= '0' && *format <= '9')) *to++ = *format++;
    bool is_long = *format == 'l' && format[1] != 'l';
    const char *conversion = format + (is_long ? 1 : 0);
    if (strchr("SC", *conversion) || (is_long && strchr("sc[", *conversion)))
      lw_fatal("scanf of wide strings is not served: read bytes and convert them with mbstowcs");
    if (is_long && strchr("diouxXn", *conversion)) format++;
    if (strncmp(format, "I64", 3) == 0) {
      *to++ = 'l';
      *to++ = 'l';
      format += 3;
    } else if (strncmp(format, "I32", 3) == 0) {
      format += 3;
    }
  }
  *to = 0;
}

static int scan(FILE *_Nullable stream, const char *_Nullable text, const char *format, va_list arguments) {
  char *translated = malloc(strlen(format) + 1);
  if (!translated) lw_fatal("scanf has no memory for its format");
  translate_scan(format, translated);
  int count = stream ? vfscanf(stream, translated, arguments) : vsscanf(text, translated, arguments);
  free(translated);
  return count;
}

int lw_llp64_scanf(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = scan(stdin, NULL, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_fscanf(FILE *stream, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = scan(stream, NULL, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_sscanf(const char *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = scan(NULL, text, format, arguments);
  va_end(arguments);
  return count;
}
