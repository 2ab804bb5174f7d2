// FormatMessage: texts of error codes and of strings, with inserts. Everything is put together as UTF-8 in pages of its
// own; the wide form converts at the ends.
#include <string.h>

#include "error_table.h"
#include "lw_schedule.h"
#include "message.h"
#include "modules.h"
#include "object.h"
#include "winbase.h"

// ------------------------------------------------------------------------------------------------------------- text

/// What stands behind a %. False at the end of the message (%0).
static bool put_escape(lw_message *m, const char **at) {
  char c = **at;
  if (c == '0') return false;
  bool ignores = m->flags & FORMAT_MESSAGE_IGNORE_INSERTS;
  if (c == 0) {
    m->error = ERROR_INVALID_PARAMETER;
  } else if (c == 'n') {
    lw_message_put_(m, "\r\n", 2);
  } else if (c == 'r' || c == 't') {
    lw_message_put_(m, c == 'r' ? "\r" : "\t", 1);
  } else if (c >= '1' && c <= '9' && !ignores) {
    lw_message_put_insert_(m, at);
    return true;
  } else {
    if (ignores) lw_message_put_(m, "%", 1);
    lw_message_put_(m, *at, 1);
  }
  if (c != 0) (*at)++;
  return true;
}

static void put_message(lw_message *m, const char *at) {
  bool keeps_lines = (m->flags & FORMAT_MESSAGE_MAX_WIDTH_MASK) == 0;
  while (*at && m->error == ERROR_SUCCESS) {
    size_t plain = strcspn(at, "%\r\n");
    lw_message_put_(m, at, plain);
    at += plain;
    if (*at == '%') {
      at++;
      if (!put_escape(m, &at)) return;
    } else if (*at) {
      at += strncmp(at, "\r\n", 2) == 0 ? 2 : 1;
      lw_message_put_(m, keeps_lines ? "\r\n" : " ", keeps_lines ? 2 : 1);
    }
  }
}

/// Breaks lines of more than `width` characters at their last blank before that, where they have one.
static void break_lines(lw_message *m, size_t width) {
  const char *blank = NULL;
  size_t behind_blank = 0, characters = 0;
  for (size_t i = 0; i < m->bytes && m->error == ERROR_SUCCESS; i++) {
    char c = m->text[i];
    if ((c & 0xC0) == 0x80) continue; // inside a character
    characters++;
    behind_blank++;
    if (c == '\n') blank = NULL;
    if (c == '\n') characters = behind_blank = 0;
    if (c == ' ' && characters <= width + 1) {
      blank = m->text + i;
      behind_blank = 0;
    }
    if (characters <= width || !blank || c == ' ' || c == '\r') continue;
    size_t at = (size_t)(blank - m->text);
    lw_message_put_(m, " ", 1); // room for one more
    memmove(m->text + at + 2, m->text + at + 1, m->bytes - at - 2);
    memcpy(m->text + at, "\r\n", 2);
    blank = NULL;
    characters = behind_blank;
    i++;
  }
}

// ------------------------------------------------------------------------------------------------------------ calls

/// The text of a code with its line end; false when there is none. An HRESULT of a Win32 code is that code.
static bool put_system_message(lw_message *m, DWORD code) {
  const DWORD facility_win32 = 0x80070000u;
  if ((code & 0xFFFF0000u) == facility_win32) code &= 0xFFFF;
  const char *text = lw_error_text_(code);
  if (!text) return false;
  put_message(m, text);
  put_message(m, "\r\n");
  return true;
}

/// Puts the whole message together; `source` is UTF-8.
static void compose(lw_message *m, const char *_Nullable source, DWORD code) {
  const DWORD sources = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_FROM_HMODULE;
  if (m->flags & FORMAT_MESSAGE_FROM_STRING ? !source : !(m->flags & sources))
    m->error = ERROR_INVALID_PARAMETER;
  else if (m->flags & FORMAT_MESSAGE_FROM_STRING)
    put_message(m, source);
  else if (!(m->flags & FORMAT_MESSAGE_FROM_SYSTEM) && lw_library_of_((HMODULE)(uintptr_t)source) <= LW_LIBRARY_PROGRAM)
    m->error = ERROR_RESOURCE_DATA_NOT_FOUND; // the program has no messages of its own
  else if (!put_system_message(m, code))
    m->error = ERROR_MR_MID_NOT_FOUND;
  const DWORD width = m->flags & FORMAT_MESSAGE_MAX_WIDTH_MASK;
  if (width != 0 && width != FORMAT_MESSAGE_MAX_WIDTH_MASK) break_lines(m, width);
}

/// Where a result of `count` characters of `width` bytes goes; NULL and the message's error when it has no room.
static void *_Nullable place_for(lw_message *m, void *_Nullable buffer, DWORD size, size_t count, size_t width) {
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

static DWORD format_message(lw_message *m, LPCVOID _Nullable source, DWORD code, void *_Nullable buffer, DWORD size,
                            va_list *_Nullable arguments) {
  bool allocates = m->flags & FORMAT_MESSAGE_ALLOCATE_BUFFER;
  if (allocates && !buffer) return (DWORD)lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  if (!buffer || size > LW_MESSAGE_CHARACTERS) return (DWORD)lw_failed_(ERROR_INVALID_PARAMETER);
  if (allocates) *(void **)buffer = NULL;
  if (m->flags & FORMAT_MESSAGE_ARGUMENT_ARRAY)
    m->array = (const DWORD_PTR *)arguments;
  else
    m->list = arguments;
  char *pages = lw_pages_reserve(2 * LW_MESSAGE_BYTES);
  if (!pages) return (DWORD)lw_failed_(ERROR_NOT_ENOUGH_MEMORY);
  m->text = pages;
  if (m->is_wide && m->flags & FORMAT_MESSAGE_FROM_STRING && source) {
    bool is_whole = lw_narrow_(source, pages + LW_MESSAGE_BYTES, LW_MESSAGE_BYTES);
    m->error = is_whole ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
    source = pages + LW_MESSAGE_BYTES;
  }
  if (m->error == ERROR_SUCCESS) compose(m, source, code);
  size_t count = m->is_wide ? lw_utf8_to_utf16_(pages, m->bytes, NULL, 0) : m->bytes, width = m->is_wide ? 2 : 1;
  if (m->error == ERROR_SUCCESS && count == 0) m->error = ERROR_NO_WORK_DONE;
  void *place = m->error == ERROR_SUCCESS ? place_for(m, buffer, size, count, width) : NULL;
  if (place && m->is_wide)
    lw_utf8_to_utf16_(pages, m->bytes + 1, place, count + 1);
  else if (place)
    memcpy(place, pages, count + 1);
  lw_pages_release(pages, 2 * LW_MESSAGE_BYTES);
  return place ? (DWORD)count : (DWORD)lw_failed_(m->error);
}

DWORD lw_format_message_a_(DWORD flags, LPCVOID source, DWORD code, DWORD language, LPSTR buffer, DWORD size,
                           va_list *arguments) {
  (void)language;
  lw_message m = {.flags = flags};
  return format_message(&m, source, code, buffer, size, arguments);
}

DWORD lw_format_message_w_(DWORD flags, LPCVOID source, DWORD code, DWORD language, LPWSTR buffer, DWORD size,
                           va_list *arguments) {
  (void)language;
  lw_message m = {.flags = flags, .is_wide = true};
  return format_message(&m, source, code, buffer, size, arguments);
}
