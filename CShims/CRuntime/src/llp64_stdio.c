// The symbols behind llp64/stdio.h.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "lw_schedule.h"

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

/// Lines are written when they end, whatever the output is, as under Wine: what a program has printed is there before
/// what its children print and WriteFile writes, and when it is ended.
__attribute__((constructor)) static void write_lines(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

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

int lw_llp64__vscprintf(const char *format, va_list arguments) {
  return lw_llp64_vsnprintf(NULL, 0, format, arguments);
}

int lw_llp64__scprintf(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = lw_llp64__vscprintf(format, arguments);
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
