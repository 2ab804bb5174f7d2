// <wchar.h> for Windows programs: UTF-16. It does not include libc's, whose wide characters have 32 bits.
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lw_llp64.h"

typedef __WINT_TYPE__ wint_t;
#define WEOF ((wint_t) - 1)
#define WCHAR_MIN 0
#define WCHAR_MAX 0xFFFF

#pragma clang assume_nonnull begin

extern int wprintf(const wchar_t *format, ...) LW_LLP64(wprintf);
extern int fwprintf(FILE *stream, const wchar_t *format, ...) LW_LLP64(fwprintf);
/// -1 where the text does not fit into `units` with its terminator.
extern int swprintf(wchar_t *buffer, size_t units, const wchar_t *format, ...) LW_LLP64(swprintf);
extern int vwprintf(const wchar_t *format, va_list arguments) LW_LLP64(vwprintf);
extern int vfwprintf(FILE *stream, const wchar_t *format, va_list arguments) LW_LLP64(vfwprintf);
extern int vswprintf(wchar_t *buffer, size_t units, const wchar_t *format, va_list arguments) LW_LLP64(vswprintf);
/// Ends the program where the text does not fit.
extern int swprintf_s(wchar_t *buffer, size_t units, const wchar_t *format, ...) LW_LLP64(swprintf_s);
extern int _vsnwprintf(wchar_t *buffer, size_t units, const wchar_t *format, va_list arguments) LW_LLP64(_vsnwprintf);
extern int _snwprintf(wchar_t *buffer, size_t units, const wchar_t *format, ...) LW_LLP64(_snwprintf);
extern int wprintf_s(const wchar_t *format, ...) LW_LLP64(wprintf_s);
extern int fwprintf_s(FILE *stream, const wchar_t *format, ...) LW_LLP64(fwprintf_s);

extern FILE *_Nullable _wfopen(const wchar_t *name, const wchar_t *mode) LW_LLP64(_wfopen);
/// 0, or the error number.
extern int _wfopen_s(FILE *_Nullable *_Nonnull stream, const wchar_t *name, const wchar_t *mode) LW_LLP64(_wfopen_s);
extern int _wremove(const wchar_t *name) LW_LLP64(_wremove);

extern int fputws(const wchar_t *text, FILE *stream) LW_LLP64(fputws);
extern wint_t fputwc(wchar_t character, FILE *stream) LW_LLP64(fputwc);
extern int _putws(const wchar_t *text) LW_LLP64(_putws);
#define putwc fputwc
#define putwchar(character) fputwc((character), stdout)

extern size_t wcslen(const wchar_t *text) LW_LLP64(wcslen);
extern size_t wcsnlen(const wchar_t *text, size_t limit) LW_LLP64(wcsnlen);
extern wchar_t *wcscpy(wchar_t *to, const wchar_t *from) LW_LLP64(wcscpy);
extern wchar_t *wcsncpy(wchar_t *to, const wchar_t *from, size_t units) LW_LLP64(wcsncpy);
extern wchar_t *wcscat(wchar_t *to, const wchar_t *from) LW_LLP64(wcscat);
extern wchar_t *wcsncat(wchar_t *to, const wchar_t *from, size_t units) LW_LLP64(wcsncat);
extern int wcscmp(const wchar_t *left, const wchar_t *right) LW_LLP64(wcscmp);
extern int wcsncmp(const wchar_t *left, const wchar_t *right, size_t units) LW_LLP64(wcsncmp);
extern int _wcsicmp(const wchar_t *left, const wchar_t *right) LW_LLP64(_wcsicmp);
extern int _wcsnicmp(const wchar_t *left, const wchar_t *right, size_t units) LW_LLP64(_wcsnicmp);
extern wchar_t *_Nullable wcschr(const wchar_t *text, wchar_t character) LW_LLP64(wcschr);
extern wchar_t *_Nullable wcsrchr(const wchar_t *text, wchar_t character) LW_LLP64(wcsrchr);
extern wchar_t *_Nullable wcsstr(const wchar_t *text, const wchar_t *wanted) LW_LLP64(wcsstr);
/// NULL when there is no memory; give it back with `free`.
extern wchar_t *_Nullable wcspbrk(const wchar_t *text, const wchar_t *wanted) LW_LLP64(wcspbrk);
extern size_t wcsspn(const wchar_t *text, const wchar_t *set) LW_LLP64(wcsspn);
extern size_t wcscspn(const wchar_t *text, const wchar_t *set) LW_LLP64(wcscspn);
extern wchar_t *_Nullable wcstok(wchar_t *_Nullable text, const wchar_t *delimiters) LW_LLP64(wcstok);
extern wchar_t *_Nullable wcsdup(const wchar_t *text) LW_LLP64(wcsdup);
#define _wcsdup wcsdup
/// These change the text and return it.
extern wchar_t *_wcsupr(wchar_t *text) LW_LLP64(_wcsupr);
extern wchar_t *_wcslwr(wchar_t *text) LW_LLP64(_wcslwr);
/// 0, or ERANGE and an empty string where the text does not fit.
extern int wcscpy_s(wchar_t *to, size_t units, const wchar_t *from) LW_LLP64(wcscpy_s);
extern int wcscat_s(wchar_t *to, size_t units, const wchar_t *from) LW_LLP64(wcscat_s);

extern int wcstol(const wchar_t *text, wchar_t *_Nullable *_Nullable end, int base) LW_LLP64(wcstol);
extern unsigned wcstoul(const wchar_t *text, wchar_t *_Nullable *_Nullable end, int base) LW_LLP64(wcstoul);
extern int _wtoi(const wchar_t *text) LW_LLP64(_wtoi);
#define _wtol _wtoi
extern long long wcstoll(const wchar_t *text, wchar_t *_Nullable *_Nullable end, int base) LW_LLP64(wcstoll);
extern unsigned long long wcstoull(const wchar_t *text, wchar_t *_Nullable *_Nullable end, int base) LW_LLP64(wcstoull);
#define _wcstoi64 wcstoll
#define _wcstoui64 wcstoull
#define _wtoi64(text) wcstoll((text), NULL, 10)

#define wmemcpy(to, from, units) ((wchar_t *)__builtin_memcpy((to), (from), (units) * sizeof(wchar_t)))
#define wmemmove(to, from, units) ((wchar_t *)__builtin_memmove((to), (from), (units) * sizeof(wchar_t)))
extern wchar_t *wmemset(wchar_t *to, wchar_t character, size_t units) LW_LLP64(wmemset);
extern int wmemcmp(const wchar_t *left, const wchar_t *right, size_t units) LW_LLP64(wmemcmp);

#pragma clang assume_nonnull end
