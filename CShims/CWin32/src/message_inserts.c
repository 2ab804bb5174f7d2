// The inserts of FormatMessage: %1 ... %99, each with a printf format of its own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "winerror.h"

void lw_message_put_(lw_message *m, const char *text, size_t bytes) {
  if (m->bytes + bytes >= LW_MESSAGE_BYTES) {
    m->error = ERROR_INSUFFICIENT_BUFFER;
    return;
  }
  memcpy(m->text + m->bytes, text, bytes);
  m->bytes += bytes;
}

/// The value of insert `number` (from 1). A list can be read in order only, so what lies before is read with it.
static DWORD_PTR value_of(lw_message *m, size_t number) {
  if (m->array) return m->array[number - 1];
  for (; m->taken_count < number; m->taken_count++) m->taken[m->taken_count] = va_arg(*m->list, DWORD_PTR);
  return m->taken[number - 1];
}

/// The printf format of an insert, taken apart.
typedef struct insert_format {
  char flags[8];
  int width;     ///< -1: none
  int precision; ///< -1: none
  bool is_long;  ///< l, w
  bool is_short; ///< h
  bool is_64;    ///< I64, ll, I
  char conversion;
} insert_format;

static int take_count(lw_message *m, const char **at, size_t *number) {
  if (**at == '*') {
    (*at)++;
    return (int)value_of(m, (*number)++);
  }
  return (int)strtol(*at, (char **)at, 10);
}

/// Reads the format between exclamation marks; a star takes the insert at `number` and the text moves on to the next.
static insert_format take_format(lw_message *m, const char **at, size_t *number) {
  insert_format f = {.width = -1, .precision = -1};
  size_t flags = strspn(*at, "-+ #0");
  memcpy(f.flags, *at, flags < sizeof f.flags - 1 ? flags : sizeof f.flags - 1);
  *at += flags;
  if (**at == '*' || (**at >= '1' && **at <= '9')) f.width = take_count(m, at, number);
  if (**at == '.') {
    (*at)++;
    f.precision = take_count(m, at, number);
  }
  if (strncmp(*at, "I64", 3) == 0 || strncmp(*at, "I32", 3) == 0) {
    f.is_64 = (*at)[1] == '6';
    *at += 3;
  } else if (strncmp(*at, "ll", 2) == 0) {
    f.is_64 = true;
    *at += 2;
  } else if (**at != 0 && strchr("lwhI", **at)) {
    f.is_long = **at == 'l' || **at == 'w';
    f.is_short = **at == 'h';
    f.is_64 = **at == 'I';
    (*at)++;
  }
  if (**at != 0 && **at != '!') f.conversion = *(*at)++;
  return f;
}

/// Text padded to the width of its format.
static void put_padded(lw_message *m, const insert_format *f, const char *text, size_t bytes) {
  bool is_left = strchr(f->flags, '-') != NULL;
  size_t padding = f->width > 0 && (size_t)f->width > bytes ? (size_t)f->width - bytes : 0;
  if (padding > LW_MESSAGE_CHARACTERS) {
    m->error = ERROR_INSUFFICIENT_BUFFER;
    return;
  }
  for (size_t i = 0; !is_left && i < padding; i++) lw_message_put_(m, " ", 1);
  lw_message_put_(m, text, bytes);
  for (size_t i = 0; is_left && i < padding; i++) lw_message_put_(m, " ", 1);
}

static bool is_wide_insert(const lw_message *m, const insert_format *f) {
  if (f->is_long) return true;
  if (f->is_short) return false;
  return m->is_wide != (f->conversion == 'S' || f->conversion == 'C');
}

static void put_wide(lw_message *m, const insert_format *f, const WCHAR *units, size_t count) {
  size_t room = LW_MESSAGE_BYTES - m->bytes;
  if (count >= room / LW_UTF8_BYTES_OF_UNIT) {
    m->error = ERROR_INSUFFICIENT_BUFFER;
    return;
  }
  char *text = m->text + m->bytes;
  size_t bytes = lw_utf16_to_utf8_(units, count, text);
  size_t padding = f->width > 0 && (size_t)f->width > bytes ? (size_t)f->width - bytes : 0;
  if (padding >= room - bytes) {
    m->error = ERROR_INSUFFICIENT_BUFFER;
    return;
  }
  bool is_left = strchr(f->flags, '-') != NULL;
  if (!is_left) memmove(text + padding, text, bytes);
  memset(is_left ? text + bytes : text, ' ', padding);
  m->bytes += bytes + padding;
}

static void put_string(lw_message *m, const insert_format *f, const void *_Nullable value) {
  size_t limit = f->precision < 0 ? LW_MESSAGE_CHARACTERS : (size_t)f->precision, length = 0;
  if (!value || !is_wide_insert(m, f)) {
    const char *text = value ? value : "(null)";
    put_padded(m, f, text, strnlen(text, limit));
    return;
  }
  const WCHAR *units = value;
  while (length < limit && units[length]) length++;
  put_wide(m, f, units, length);
}

static void put_number(lw_message *m, const insert_format *f, DWORD_PTR value) {
  char format[32], number[128];
  bool is_signed = f->conversion == 'd' || f->conversion == 'i';
  long long signed_value = f->is_64 ? (long long)value : f->is_short ? (SHORT)value : (LONG)value;
  unsigned long long plain_value = f->is_64 ? value : f->is_short ? (WORD)value : (DWORD)value;
  snprintf(format, sizeof format, "%%%s*.*ll%c", f->flags, f->conversion);
  int width = f->width < 0 ? 0 : f->width, precision = f->precision;
  if (width >= (int)sizeof number || precision >= (int)sizeof number) {
    m->error = ERROR_INVALID_PARAMETER;
    return;
  }
  int length = is_signed ? snprintf(number, sizeof number, format, width, precision, signed_value)
                         : snprintf(number, sizeof number, format, width, precision, plain_value);
  lw_message_put_(m, number, (size_t)length);
}

void lw_message_put_insert_(lw_message *m, const char **at) {
  size_t number = strtoul((char[]){(*at)[0], (*at)[1] >= '0' && (*at)[1] <= '9' ? (*at)[1] : (char)0, 0}, NULL, 10);
  *at += number > 9 ? 2 : 1;
  insert_format f = {.width = -1, .precision = -1, .conversion = 's'};
  if (!m->array && !m->list) {
    m->error = ERROR_INVALID_PARAMETER;
    return;
  }
  if (**at == '!') {
    (*at)++;
    f = take_format(m, at, &number);
    if (**at != '!') m->error = ERROR_INVALID_PARAMETER;
    if (**at == '!') (*at)++;
  }
  DWORD_PTR value = value_of(m, number);
  char byte = (char)value;
  WCHAR unit = (WCHAR)value;
  if (f.conversion == 'c' || f.conversion == 'C')
    is_wide_insert(m, &f) ? put_wide(m, &f, &unit, 1) : put_padded(m, &f, &byte, 1);
  else if (f.conversion == 's' || f.conversion == 'S')
    put_string(m, &f, (const void *)value);
  else if (f.conversion == 'p')
    put_number(m, &(insert_format){.width = 16, .flags = "0", .precision = -1, .is_64 = true, .conversion = 'X'},
               value);
  else if (f.conversion != 0 && strchr("diouxX", f.conversion))
    put_number(m, &f, value);
  else
    m->error = ERROR_INVALID_PARAMETER;
}
