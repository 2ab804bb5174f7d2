// <stdio.h> for Windows programs: %ld and %lu are 32 bits, %I64d and the wide forms work, streams are UTF-8.
#pragma once

#include <stdarg.h>
// Names of libc that Windows' has not, and that its programs use for their own.
#define getline lw_host_getline_
#define getdelim lw_host_getdelim_
#define dprintf lw_host_dprintf_
#define vdprintf lw_host_vdprintf_
#include_next <stdio.h>
#undef getline
#undef getdelim
#undef dprintf
#undef vdprintf

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

extern int printf(const char *format, ...) LW_LLP64(printf);
extern int fprintf(FILE *stream, const char *format, ...) LW_LLP64(fprintf);
extern int sprintf(char *buffer, const char *format, ...) LW_LLP64(sprintf);
extern int snprintf(char *buffer, size_t bytes, const char *format, ...) LW_LLP64(snprintf);
extern int vprintf(const char *format, va_list arguments) LW_LLP64(vprintf);
extern int vfprintf(FILE *stream, const char *format, va_list arguments) LW_LLP64(vfprintf);
extern int vsprintf(char *buffer, const char *format, va_list arguments) LW_LLP64(vsprintf);
extern int vsnprintf(char *buffer, size_t bytes, const char *format, va_list arguments) LW_LLP64(vsnprintf);

/// As `snprintf`, but -1 and no terminator where the text does not fit.
extern int _snprintf(char *buffer, size_t bytes, const char *format, ...) LW_LLP64(_snprintf);
extern int _vsnprintf(char *buffer, size_t bytes, const char *format, va_list arguments) LW_LLP64(_vsnprintf);
/// Ends the program where the text does not fit, as Microsoft's invalid parameter handler does.
extern int _vscprintf(const char *format, va_list arguments) LW_LLP64(_vscprintf);
extern int _scprintf(const char *format, ...) LW_LLP64(_scprintf);
extern int sprintf_s(char *buffer, size_t bytes, const char *format, ...) LW_LLP64(sprintf_s);
extern int vsprintf_s(char *buffer, size_t bytes, const char *format, va_list arguments) LW_LLP64(vsprintf_s);
/// At most `count` bytes (_TRUNCATE: as many as fit) and a terminator; -1 where the text is longer.
extern int _snprintf_s(char *buffer, size_t bytes, size_t count, const char *format, ...) LW_LLP64(_snprintf_s);
#define _TRUNCATE ((size_t)-1)
#define printf_s printf
#define fprintf_s fprintf

// libc renames its own scanf by symbol already, so these are renamed by macro. Wide conversions end the program.
extern int lw_llp64_scanf(const char *format, ...);
extern int lw_llp64_fscanf(FILE *stream, const char *format, ...);
extern int lw_llp64_sscanf(const char *text, const char *format, ...);
#undef scanf
#undef fscanf
#undef sscanf
#define scanf lw_llp64_scanf
#define fscanf lw_llp64_fscanf
#define sscanf lw_llp64_sscanf

// Names of files are Windows' (`C:\...`, either separator, any case). There is no text mode.
extern FILE *_Nullable lw_llp64_fopen(const char *name, const char *mode);
extern FILE *_Nullable lw_llp64_freopen(const char *_Nullable name, const char *mode, FILE *stream);
#undef fopen
#undef freopen
#define fopen lw_llp64_fopen
#define freopen lw_llp64_freopen
/// 0, or the error number.
extern int fopen_s(FILE *_Nullable *_Nonnull stream, const char *name, const char *mode) LW_LLP64(fopen_s);
extern int remove(const char *name) LW_LLP64(remove);
extern int _unlink(const char *name) LW_LLP64(remove);
/// -1 and EEXIST, unlike the standard's, where there is a file of the new name.
extern int rename(const char *from, const char *to) LW_LLP64(rename);
#define _fileno fileno
#define _fdopen fdopen
#define _fseeki64 fseeko
#define _ftelli64 ftello

#pragma clang assume_nonnull end

// Microsoft's declares the wide forms here as well.
#include <wchar.h>
