// The symbols behind what changes a string in place in llp64/string.h and llp64/wchar.h. In the "C" locale, in which
// programs begin on Windows, only the letters of ASCII have cases.
#include <stdint.h>
#include <string.h>

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

static unsigned upper(unsigned c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; }
static unsigned lower(unsigned c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }

char *lw_llp64__strupr(char *text) {
  for (char *at = text; *at; at++) *at = (char)upper((unsigned char)*at);
  return text;
}

char *lw_llp64__strlwr(char *text) {
  for (char *at = text; *at; at++) *at = (char)lower((unsigned char)*at);
  return text;
}

char *lw_llp64__strrev(char *text) {
  for (size_t first = 0, end = strlen(text); first + 1 < end; first++) {
    char last = text[--end];
    text[end] = text[first];
    text[first] = last;
  }
  return text;
}

uint16_t *lw_llp64__wcsupr(uint16_t *text) {
  for (uint16_t *at = text; *at; at++) *at = (uint16_t)upper(*at);
  return text;
}

uint16_t *lw_llp64__wcslwr(uint16_t *text) {
  for (uint16_t *at = text; *at; at++) *at = (uint16_t)lower(*at);
  return text;
}
