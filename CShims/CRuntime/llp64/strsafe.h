// <strsafe.h> for Windows programs: copying, joining and formatting into buffers of a known size. Each returns S_OK, or
// with what fits, ended, STRSAFE_E_INSUFFICIENT_BUFFER; STRSAFE_E_INVALID_PARAMETER for a size of 0 or of more than
// STRSAFE_MAX_CCH. The Cch forms count characters, the Cb forms bytes.
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "winerror.h"
#include "winnt.h"

#define STRSAFE_MAX_CCH 2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER ((HRESULT)0x8007007A)
#define STRSAFE_E_INVALID_PARAMETER ((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE ((HRESULT)0x80070026)
typedef char *STRSAFE_LPSTR;
typedef const char *STRSAFE_LPCSTR;
typedef wchar_t *STRSAFE_LPWSTR;
typedef const wchar_t *STRSAFE_LPCWSTR;

#pragma clang assume_nonnull begin

static inline HRESULT lw_strsafe_room_(size_t room) {
  return room == 0 || room > STRSAFE_MAX_CCH ? STRSAFE_E_INVALID_PARAMETER : S_OK;
}

/// The functions for characters of type `char_type`: those of strings end in `letter`.
#define LW_STRSAFE(letter, char_type, length_within, print)                                                            \
  static inline HRESULT StringCchLength##letter(const char_type *_Nullable text, size_t room,                          \
                                                size_t *_Nullable length) {                                            \
    size_t found = text && room <= STRSAFE_MAX_CCH ? length_within(text, room) : room;                                 \
    if (length) *length = found < room ? found : 0;                                                                    \
    return found < room ? S_OK : STRSAFE_E_INVALID_PARAMETER;                                                          \
  }                                                                                                                    \
  static inline HRESULT StringCchCopyN##letter(char_type *to, size_t room, const char_type *from, size_t most) {       \
    if (lw_strsafe_room_(room) != S_OK) return STRSAFE_E_INVALID_PARAMETER;                                            \
    size_t wanted = length_within(from, most < room ? most : room), kept = wanted < room ? wanted : room - 1;          \
    memcpy(to, from, kept * sizeof *to);                                                                               \
    to[kept] = 0;                                                                                                      \
    return kept == wanted ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;                                                      \
  }                                                                                                                    \
  static inline HRESULT StringCchCopy##letter(char_type *to, size_t room, const char_type *from) {                     \
    return StringCchCopyN##letter(to, room, from, STRSAFE_MAX_CCH);                                                    \
  }                                                                                                                    \
  static inline HRESULT StringCchCatN##letter(char_type *to, size_t room, const char_type *from, size_t most) {        \
    size_t used;                                                                                                       \
    HRESULT result = StringCchLength##letter(to, room, &used);                                                         \
    return result != S_OK ? result : StringCchCopyN##letter(to + used, room - used, from, most);                       \
  }                                                                                                                    \
  static inline HRESULT StringCchCat##letter(char_type *to, size_t room, const char_type *from) {                      \
    return StringCchCatN##letter(to, room, from, STRSAFE_MAX_CCH);                                                     \
  }                                                                                                                    \
  static inline HRESULT StringCchVPrintf##letter(char_type *to, size_t room, const char_type *format,                  \
                                                 va_list arguments) {                                                  \
    if (lw_strsafe_room_(room) != S_OK) return STRSAFE_E_INVALID_PARAMETER;                                            \
    int count = print(to, room, format, arguments);                                                                    \
    return count >= 0 && (size_t)count < room ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;                                  \
  }                                                                                                                    \
  static inline HRESULT StringCchPrintf##letter(char_type *to, size_t room, const char_type *format, ...) {            \
    va_list arguments;                                                                                                 \
    va_start(arguments, format);                                                                                       \
    HRESULT result = StringCchVPrintf##letter(to, room, format, arguments);                                            \
    va_end(arguments);                                                                                                 \
    return result;                                                                                                     \
  }                                                                                                                    \
  static inline HRESULT StringCbLength##letter(const char_type *_Nullable text, size_t bytes,                          \
                                               size_t *_Nullable length) {                                             \
    HRESULT result = StringCchLength##letter(text, bytes / sizeof *text, length);                                      \
    if (length) *length *= sizeof *text;                                                                               \
    return result;                                                                                                     \
  }                                                                                                                    \
  static inline HRESULT StringCbCopy##letter(char_type *to, size_t bytes, const char_type *from) {                     \
    return StringCchCopy##letter(to, bytes / sizeof *to, from);                                                        \
  }                                                                                                                    \
  static inline HRESULT StringCbCat##letter(char_type *to, size_t bytes, const char_type *from) {                      \
    return StringCchCat##letter(to, bytes / sizeof *to, from);                                                         \
  }                                                                                                                    \
  static inline HRESULT StringCbVPrintf##letter(char_type *to, size_t bytes, const char_type *format,                  \
                                                va_list arguments) {                                                   \
    return StringCchVPrintf##letter(to, bytes / sizeof *to, format, arguments);                                        \
  }                                                                                                                    \
  static inline HRESULT StringCbPrintf##letter(char_type *to, size_t bytes, const char_type *format, ...) {            \
    va_list arguments;                                                                                                 \
    va_start(arguments, format);                                                                                       \
    HRESULT result = StringCbVPrintf##letter(to, bytes, format, arguments);                                            \
    va_end(arguments);                                                                                                 \
    return result;                                                                                                     \
  }

LW_STRSAFE(A, char, strnlen, vsnprintf)
/// vsnprintf with %s for a wide string, and always an end.
static inline int lw_strsafe_print_(wchar_t *to, size_t room, const wchar_t *format, va_list arguments) {
  int count = _vsnwprintf(to, room - 1, format, arguments);
  to[count < 0 ? room - 1 : (size_t)count] = 0;
  return count < 0 ? (int)room : count;
}
LW_STRSAFE(W, wchar_t, wcsnlen, lw_strsafe_print_)
#undef LW_STRSAFE

#ifdef UNICODE
#define LW_STRSAFE_NAME(name) name##W
#else
#define LW_STRSAFE_NAME(name) name##A
#endif
#define StringCchLength LW_STRSAFE_NAME(StringCchLength)
#define StringCchCopy LW_STRSAFE_NAME(StringCchCopy)
#define StringCchCopyN LW_STRSAFE_NAME(StringCchCopyN)
#define StringCchCat LW_STRSAFE_NAME(StringCchCat)
#define StringCchCatN LW_STRSAFE_NAME(StringCchCatN)
#define StringCchPrintf LW_STRSAFE_NAME(StringCchPrintf)
#define StringCchVPrintf LW_STRSAFE_NAME(StringCchVPrintf)
#define StringCbLength LW_STRSAFE_NAME(StringCbLength)
#define StringCbCopy LW_STRSAFE_NAME(StringCbCopy)
#define StringCbCat LW_STRSAFE_NAME(StringCbCat)
#define StringCbPrintf LW_STRSAFE_NAME(StringCbPrintf)
#define StringCbVPrintf LW_STRSAFE_NAME(StringCbVPrintf)

#pragma clang assume_nonnull end
