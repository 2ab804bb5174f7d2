// <winuser.h> as far as programs without windows use it: text by a format.
#pragma once

#include <stdarg.h>

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

/// At most 1,024 characters with the terminator; returns those before it. The formats are printf's without fractions.
extern int wsprintfA(char *to, const char *format, ...) LW_LLP64(wsprintfA);
extern int wvsprintfA(char *to, const char *format, va_list arguments) LW_LLP64(wvsprintfA);
extern int wsprintfW(wchar_t *to, const wchar_t *format, ...) LW_LLP64(wsprintfW);
extern int wvsprintfW(wchar_t *to, const wchar_t *format, va_list arguments) LW_LLP64(wvsprintfW);

#ifdef UNICODE
#define wsprintf wsprintfW
#define wvsprintf wvsprintfW
#else
#define wsprintf wsprintfA
#define wvsprintf wvsprintfA
#endif

#pragma clang assume_nonnull end
