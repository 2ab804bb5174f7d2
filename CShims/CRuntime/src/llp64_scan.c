// scanf for Windows programs, whose `long` has 32 bits.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lw_schedule.h"

// A program's headers declare these under other names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

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
