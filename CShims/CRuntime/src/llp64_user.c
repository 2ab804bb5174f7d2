// The symbols behind llp64/winuser.h.
#include <stdarg.h>
#include <stdint.h>

#include "format.h"

enum { MOST = 1024 }; ///< characters with the terminator, as on Windows

int lw_llp64_wvsprintfA(char *to, const char *format, va_list arguments) {
  lw_text_sink sink = {.bytes = to, .limit = MOST - 1};
  int count = lw_format_(&sink, format, arguments);
  if (count > MOST - 1) count = MOST - 1;
  to[count] = 0;
  return count;
}

int lw_llp64_wsprintfA(char *to, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_wvsprintfA(to, format, arguments);
  va_end(arguments);
  return count;
}

int lw_llp64_wvsprintfW(uint16_t *to, const uint16_t *format, va_list arguments) {
  lw_text_sink sink = {.units = to, .limit = MOST - 1, .is_wide = true, .has_wide_strings = true};
  int count = lw_format_wide_(&sink, format, arguments);
  if (count > MOST - 1) count = MOST - 1;
  to[count] = 0;
  return count;
}

int lw_llp64_wsprintfW(uint16_t *to, const uint16_t *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64_wvsprintfW(to, format, arguments);
  va_end(arguments);
  return count;
}
