// The engine of printf for Windows programs. Each directive is taken apart here, because the argument it names has
// another size or another encoding than libc believes; only numbers are then formatted by libc, one at a time.
#include "format.h"

#include <stdlib.h>
#include <string.h>

#include "lw_schedule.h"
#include "lw_utf16.h"

typedef enum size { SIZE_NONE, SIZE_HH, SIZE_H, SIZE_INT, SIZE_64, SIZE_LONG_DOUBLE, SIZE_WIDE } size;

typedef struct directive {
  char flags[8];
  int width;     ///< -1: none
  int precision; ///< -1: none
  size size;
  char conversion;
} directive;

// ---------------------------------------------------------------------------------------------------------- emitting

static void emit(lw_text_sink *sink, const char *text, size_t bytes) {
  size_t room = sink->limit > sink->count ? sink->limit - sink->count : 0;
  if (sink->units) {
    if (room > 0) sink->units[sink->limit - 1] = 0; // stays where a pair does not fit any more
    sink->count += lw_utf8_to_utf16_(text, bytes, sink->units + sink->count, room);
    return;
  }
  if (sink->stream) {
    fwrite_unlocked(text, 1, bytes, sink->stream);
  } else {
    memcpy(sink->bytes + sink->count, text, bytes < room ? bytes : room);
  }
  sink->count += sink->is_wide ? lw_utf8_to_utf16_(text, bytes, NULL, 0) : bytes;
}

static void emit_padding(lw_text_sink *sink, const directive *d, size_t shown) {
  for (size_t i = shown; d->width > 0 && i < (size_t)d->width; i++) emit(sink, " ", 1);
}

/// Emits `bytes` of text that count as `shown` for the width.
static void emit_padded(lw_text_sink *sink, const directive *d, const char *text, size_t bytes, size_t shown) {
  bool is_left = strchr(d->flags, '-') != NULL;
  if (!is_left) emit_padding(sink, d, shown);
  emit(sink, text, bytes);
  if (is_left) emit_padding(sink, d, shown);
}

static void emit_wide(lw_text_sink *sink, const directive *d, const uint16_t *text, size_t units) {
  char *utf8 = malloc(units * LW_UTF8_BYTES_OF_UNIT + 1);
  if (!utf8) lw_fatal("printf has no memory for a wide string");
  emit_padded(sink, d, utf8, lw_utf16_to_utf8_(text, units, utf8), units);
  free(utf8);
}

/// Formats one number by libc, whose idea of it is right once it has a size of its own.
static void emit_number(lw_text_sink *sink, const char *format, ...) {
  char piece[512];
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(piece, sizeof piece, format, arguments);
  if (length >= 0 && (size_t)length < sizeof piece) {
    emit(sink, piece, (size_t)length);
  } else {
    char *longer = length >= 0 ? malloc((size_t)length + 1) : NULL;
    if (!longer) lw_fatal("printf has no memory for a number of the width that was asked for");
    vsnprintf(longer, (size_t)length + 1, format, again);
    emit(sink, longer, (size_t)length);
    free(longer);
  }
  va_end(again);
  va_end(arguments);
}

// ---------------------------------------------------------------------------------------------------------- directives

static int take_count(const char **at, va_list *arguments) {
  if (**at == '*') {
    (*at)++;
    return va_arg(*arguments, int);
  }
  int count = 0;
  for (; **at >= '0' && **at <= '9'; (*at)++) count = count < 100000 ? count * 10 + (**at - '0') : count;
  return count;
}

static size take_size(const char **at) {
  static const struct {
    const char *text;
    size size;
  } sizes[] = {{"hh", SIZE_HH},  {"h", SIZE_H},    {"ll", SIZE_64},   {"l", SIZE_WIDE},
               {"w", SIZE_WIDE}, {"I64", SIZE_64}, {"I32", SIZE_INT}, {"I", SIZE_64},
               {"j", SIZE_64},   {"z", SIZE_64},   {"t", SIZE_64},    {"L", SIZE_LONG_DOUBLE}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    if (strncmp(*at, sizes[i].text, strlen(sizes[i].text)) == 0) {
      *at += strlen(sizes[i].text);
      return sizes[i].size;
    }
  return SIZE_NONE;
}

/// Reads what stands behind a %.
static directive take_directive(const char **at, va_list *arguments) {
  directive d = {.width = -1, .precision = -1};
  size_t flags = strspn(*at, "-+ #0");
  memcpy(d.flags, *at, flags < sizeof d.flags - 1 ? flags : sizeof d.flags - 1);
  *at += flags;
  if (**at == '*' || (**at >= '1' && **at <= '9')) d.width = take_count(at, arguments);
  if (d.width < -1 && strlen(d.flags) < sizeof d.flags - 1) {
    d.width = -d.width;
    strcat(d.flags, "-");
  }
  if (**at == '.') {
    (*at)++;
    d.precision = take_count(at, arguments);
  }
  d.size = take_size(at);
  d.conversion = **at;
  if (**at) (*at)++;
  return d;
}

static void format_integer(lw_text_sink *sink, const directive *d, va_list *arguments) {
  bool is_signed = d->conversion == 'd' || d->conversion == 'i';
  long long value = d->size == SIZE_64 ? va_arg(*arguments, long long) : va_arg(*arguments, int);
  if (d->size == SIZE_HH) value = is_signed ? (signed char)value : (unsigned char)value;
  if (d->size == SIZE_H) value = is_signed ? (short)value : (unsigned short)value;
  if (d->size != SIZE_64 && !is_signed) value = (unsigned)value;
  char format[32];
  snprintf(format, sizeof format, "%%%s*.*ll%c", d->flags, d->conversion);
  emit_number(sink, format, d->width > 0 ? d->width : 0, d->precision, value);
}

static void format_floating(lw_text_sink *sink, const directive *d, va_list *arguments) {
  bool is_long = d->size == SIZE_LONG_DOUBLE;
  char format[32];
  snprintf(format, sizeof format, "%%%s*.*L%c", d->flags, d->conversion);
  long double value = is_long ? va_arg(*arguments, long double) : (long double)va_arg(*arguments, double);
  // %a of a widened double would show its digits in another shape.
  if (!is_long) snprintf(format, sizeof format, "%%%s*.*%c", d->flags, d->conversion);
  if (is_long)
    emit_number(sink, format, d->width > 0 ? d->width : 0, d->precision, value);
  else
    emit_number(sink, format, d->width > 0 ? d->width : 0, d->precision, (double)value);
}

/// Whether a %s, %c, %S or %C takes UTF-16: the size says so, else the function and the letter's case. (A plain
/// character is as good as one of 16 bits.)
static bool takes_wide(const lw_text_sink *sink, const directive *d) {
  if (d->size == SIZE_WIDE || (d->conversion == 'c' && sink->is_wide)) return true;
  if (d->size == SIZE_H) return false;
  return sink->has_wide_strings != (d->conversion == 'S' || d->conversion == 'C');
}

static void format_string(lw_text_sink *sink, const directive *d, va_list *arguments) {
  const void *text = va_arg(*arguments, const void *);
  size_t limit = d->precision < 0 ? SIZE_MAX : (size_t)d->precision, length = 0;
  if (!text || !takes_wide(sink, d)) {
    const char *bytes = text ? text : "(null)";
    length = strnlen(bytes, limit);
    emit_padded(sink, d, bytes, length, length);
    return;
  }
  const uint16_t *units = text;
  while (length < limit && units[length] != 0) length++;
  emit_wide(sink, d, units, length);
}

static void format_character(lw_text_sink *sink, const directive *d, va_list *arguments) {
  int value = va_arg(*arguments, int);
  char byte = (char)value;
  uint16_t unit = (uint16_t)value;
  if (takes_wide(sink, d))
    emit_wide(sink, d, &unit, 1);
  else
    emit_padded(sink, d, &byte, 1, 1);
}

static void format_pointer(lw_text_sink *sink, const directive *d, va_list *arguments) {
  char digits[17];
  snprintf(digits, sizeof digits, "%016llX", (unsigned long long)va_arg(*arguments, void *));
  emit_padded(sink, d, digits, strlen(digits), strlen(digits));
}

static void format_directive(lw_text_sink *sink, const directive *d, va_list *arguments) {
  if (d->conversion == 0) return;
  if (strchr("diouxX", d->conversion)) return format_integer(sink, d, arguments);
  if (strchr("eEfFgGaA", d->conversion)) return format_floating(sink, d, arguments);
  if (strchr("sS", d->conversion)) return format_string(sink, d, arguments);
  if (strchr("cC", d->conversion)) return format_character(sink, d, arguments);
  if (d->conversion == 'p') return format_pointer(sink, d, arguments);
  if (d->conversion == 'n') lw_fatal("printf with %n is refused, as by Microsoft's C run time");
  emit(sink, &d->conversion, 1);
}

int lw_format_(lw_text_sink *sink, const char *format, va_list arguments) {
  va_list rest;
  va_copy(rest, arguments);
  if (sink->stream) flockfile(sink->stream);
  for (const char *at = format; *at;) {
    size_t plain = strcspn(at, "%");
    emit(sink, at, plain);
    at += plain;
    if (*at == 0) break;
    at++;
    directive d = take_directive(&at, &rest);
    format_directive(sink, &d, &rest);
  }
  bool failed = sink->stream && ferror_unlocked(sink->stream);
  if (sink->stream) funlockfile(sink->stream);
  va_end(rest);
  return failed ? -1 : (int)sink->count;
}

int lw_format_wide_(lw_text_sink *sink, const uint16_t *format, va_list arguments) {
  size_t units = lw_utf16_length_(format);
  char *utf8 = malloc(units * LW_UTF8_BYTES_OF_UNIT + 1);
  if (!utf8) lw_fatal("wprintf has no memory for its format");
  utf8[lw_utf16_to_utf8_(format, units, utf8)] = 0;
  int count = lw_format_(sink, utf8, arguments);
  free(utf8);
  return count;
}
