// FormatMessage: texts of error codes and of strings, with inserts. Everything is put together as UTF-8 in pages of its
// own; the wide form converts at the ends.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error_table.h"
#include "lw_schedule.h"
#include "lw_utf16.h"
#include "object.h"
#include "winbase.h"

enum {
  CHARACTERS_MAX = 32767, ///< of a result; one more and Windows refuses as well
  TEXT_BYTES = (CHARACTERS_MAX + 1) * LW_UTF8_BYTES_OF_UNIT,
  INSERTS_MAX = 99,
  STARS_MAX = 2 ///< width and precision of one insert
};

/// One call at work.
typedef struct message {
  DWORD flags;
  bool is_wide; ///< inserts are wide unless their format says otherwise
  DWORD error;  ///< ERROR_SUCCESS so far
  const DWORD_PTR *_Nullable array;
  va_list *_Nullable list;
  DWORD_PTR taken[INSERTS_MAX + STARS_MAX]; ///< from `list`, in order
  size_t taken_count;
  char *text; ///< TEXT_BYTES
  size_t bytes;
} message;

static void put(message *m, const char *text, size_t bytes) {
  if (m->bytes + bytes >= TEXT_BYTES) {
    m->error = ERROR_INSUFFICIENT_BUFFER;
    return;
  }
  memcpy(m->text + m->bytes, text, bytes);
  m->bytes += bytes;
}

// ---------------------------------------------------------------------------------------------------------- inserts

/// The value of insert `number` (from 1). A list can be read in order only, so what lies before is read with it.
static DWORD_PTR value_of(message *m, size_t number) {
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

static int take_count(message *m, const char **at, size_t *number) {
  if (**at == '*') {
    (*at)++;
    return (int)value_of(m, (*number)++);
  }
  return (int)strtol(*at, (char **)at, 10);
}

/// Reads the format between exclamation marks; a star takes the insert at `number` and the text moves on to the next.
static insert_format take_format(message *m, const char **at, size_t *number) {
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
static void put_padded(message *m, const insert_format *f, const char *text, size_t bytes) {
  bool is_left = strchr(f->flags, '-') != NULL;
  size_t padding = f->width > 0 && (size_t)f->width > bytes ? (size_t)f->width - bytes : 0;
  for (size_t i = 0; !is_left && i < padding; i++) put(m, " ", 1);
  put(m, text, bytes);
  for (size_t i = 0; is_left && i < padding; i++) put(m, " ", 1);
}

static bool is_wide_insert(const message *m, const insert_format *f) {
  if (f->is_long) return true;
  if (f->is_short) return false;
  return m->is_wide != (f->conversion == 'S' || f->conversion == 'C');
}

static void put_wide(message *m, const insert_format *f, const WCHAR *units, size_t count) {
  size_t room = TEXT_BYTES - m->bytes;
  if (count >= room / LW_UTF8_BYTES_OF_UNIT) {
    m->error = ERROR_INSUFFICIENT_BUFFER;
    return;
  }
  // Converted where it goes; moved only when it is padded on the left.
  size_t bytes = lw_utf16_to_utf8_(units, count, m->text + m->bytes);
  if (f->width <= (int)bytes) {
    m->bytes += bytes;
    return;
  }
  char *copy = strndup(m->text + m->bytes, bytes);
  if (!copy) m->error = ERROR_NOT_ENOUGH_MEMORY;
  if (copy) put_padded(m, f, copy, bytes);
  free(copy);
}

static void put_string(message *m, const insert_format *f, const void *_Nullable value) {
  size_t limit = f->precision < 0 ? CHARACTERS_MAX : (size_t)f->precision, length = 0;
  if (!value || !is_wide_insert(m, f)) {
    const char *text = value ? value : "(null)";
    put_padded(m, f, text, strnlen(text, limit));
    return;
  }
  const WCHAR *units = value;
  while (length < limit && units[length]) length++;
  put_wide(m, f, units, length);
}

static void put_number(message *m, const insert_format *f, DWORD_PTR value) {
  char format[32], number[128];
  bool is_signed = f->conversion == 'd' || f->conversion == 'i';
  long long signed_value = f->is_64 ? (long long)value : f->is_short ? (SHORT)value : (LONG)value;
  unsigned long long plain_value = f->is_64 ? value : f->is_short ? (WORD)value : (DWORD)value;
  snprintf(format, sizeof format, "%%%s*.*ll%c", f->flags, f->conversion);
  int width = f->width < 0 ? 0 : f->width % (int)sizeof number, precision = f->precision % (int)sizeof number;
  int length = is_signed ? snprintf(number, sizeof number, format, width, precision, signed_value)
                         : snprintf(number, sizeof number, format, width, precision, plain_value);
  put(m, number, (size_t)length < sizeof number ? (size_t)length : sizeof number - 1);
}

static void put_insert(message *m, const char **at) {
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

// ------------------------------------------------------------------------------------------------------------- text

/// What stands behind a %. False at the end of the message (%0).
static bool put_escape(message *m, const char **at) {
  char c = **at;
  if (c == '0') return false;
  bool ignores = m->flags & FORMAT_MESSAGE_IGNORE_INSERTS;
  if (c == 0) {
    m->error = ERROR_INVALID_PARAMETER;
  } else if (c == 'n') {
    put(m, "\r\n", 2);
  } else if (c == 'r' || c == 't') {
    put(m, c == 'r' ? "\r" : "\t", 1);
  } else if (c >= '1' && c <= '9' && !ignores) {
    put_insert(m, at);
    return true;
  } else {
    if (ignores) put(m, "%", 1);
    put(m, *at, 1);
  }
  if (c != 0) (*at)++;
  return true;
}

static void put_message(message *m, const char *at) {
  bool keeps_lines = (m->flags & FORMAT_MESSAGE_MAX_WIDTH_MASK) == 0;
  while (*at && m->error == ERROR_SUCCESS) {
    size_t plain = strcspn(at, "%\r\n");
    put(m, at, plain);
    at += plain;
    if (*at == '%') {
      at++;
      if (!put_escape(m, &at)) return;
    } else if (*at) {
      at += strncmp(at, "\r\n", 2) == 0 ? 2 : 1;
      put(m, keeps_lines ? "\r\n" : " ", keeps_lines ? 2 : 1);
    }
  }
}

// ------------------------------------------------------------------------------------------------------------ calls

/// The text of a code with its line end; false when there is none. An HRESULT of a Win32 code is that code.
static bool put_system_message(message *m, DWORD code) {
  const DWORD facility_win32 = 0x80070000u;
  if ((code & 0xFFFF0000u) == facility_win32) code &= 0xFFFF;
  const char *text = lw_error_text_(code);
  if (!text) return false;
  put_message(m, text);
  put_message(m, "\r\n");
  return true;
}

/// Puts the whole message together; `source` is UTF-8.
static void compose(message *m, const char *_Nullable source, DWORD code) {
  const DWORD sources = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_FROM_HMODULE;
  if (m->flags & FORMAT_MESSAGE_FROM_STRING ? !source : !(m->flags & sources))
    m->error = ERROR_INVALID_PARAMETER;
  else if (m->flags & FORMAT_MESSAGE_FROM_STRING)
    put_message(m, source);
  else if (!put_system_message(m, code))
    m->error = m->flags & FORMAT_MESSAGE_FROM_SYSTEM ? ERROR_MR_MID_NOT_FOUND : ERROR_RESOURCE_DATA_NOT_FOUND;
}

/// Where a result of `count` characters of `width` bytes goes; NULL and the message's error when it has no room.
static void *_Nullable place_for(message *m, void *_Nullable buffer, DWORD size, size_t count, size_t width) {
  if (!(m->flags & FORMAT_MESSAGE_ALLOCATE_BUFFER)) {
    if (buffer && count < size) return buffer;
    m->error = ERROR_INSUFFICIENT_BUFFER;
    return NULL;
  }
  void *place = lw_local_allocate_(LMEM_ZEROINIT, (count + 1 < size ? size : count + 1) * width);
  if (place)
    *(void **)buffer = place;
  else
    m->error = ERROR_NOT_ENOUGH_MEMORY;
  return place;
}

static DWORD format_message(message *m, LPCVOID _Nullable source, DWORD code, void *_Nullable buffer, DWORD size,
                            va_list *_Nullable arguments) {
  bool allocates = m->flags & FORMAT_MESSAGE_ALLOCATE_BUFFER;
  if (allocates && !buffer) return (DWORD)lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  if (!buffer || size > CHARACTERS_MAX) return (DWORD)lw_failed_(ERROR_INVALID_PARAMETER);
  if (allocates) *(void **)buffer = NULL;
  if (m->flags & FORMAT_MESSAGE_ARGUMENT_ARRAY)
    m->array = (const DWORD_PTR *)arguments;
  else
    m->list = arguments;
  char *pages = lw_pages_reserve(2 * TEXT_BYTES);
  if (!pages) return (DWORD)lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  m->text = pages;
  if (m->is_wide && m->flags & FORMAT_MESSAGE_FROM_STRING && source) {
    bool is_whole = lw_narrow_(source, pages + TEXT_BYTES, TEXT_BYTES);
    m->error = is_whole ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
    source = pages + TEXT_BYTES;
  }
  if (m->error == ERROR_SUCCESS) compose(m, source, code);
  size_t count = m->is_wide ? lw_utf8_to_utf16_(pages, m->bytes, NULL, 0) : m->bytes, width = m->is_wide ? 2 : 1;
  if (m->error == ERROR_SUCCESS && count == 0) m->error = ERROR_NO_WORK_DONE;
  void *place = m->error == ERROR_SUCCESS ? place_for(m, buffer, size, count, width) : NULL;
  if (place && m->is_wide)
    lw_utf8_to_utf16_(pages, m->bytes + 1, place, count + 1);
  else if (place)
    memcpy(place, pages, count + 1);
  lw_pages_release(pages, 2 * TEXT_BYTES);
  return place ? (DWORD)count : (DWORD)lw_failed_(m->error);
}

DWORD lw_format_message_a_(DWORD flags, LPCVOID source, DWORD code, DWORD language, LPSTR buffer, DWORD size,
                           va_list *arguments) {
  (void)language;
  message m = {.flags = flags};
  return format_message(&m, source, code, buffer, size, arguments);
}

DWORD lw_format_message_w_(DWORD flags, LPCVOID source, DWORD code, DWORD language, LPWSTR buffer, DWORD size,
                           va_list *arguments) {
  (void)language;
  message m = {.flags = flags, .is_wide = true};
  return format_message(&m, source, code, buffer, size, arguments);
}
