// <stdlib.h> for Windows programs: `long` results of 32 bits, wide characters of 16.
#pragma once

// Names of libc that Windows' has not, and that its programs use for their own.
#define random lw_host_random_
#define srandom lw_host_srandom_
#define initstate lw_host_initstate_
#define setstate lw_host_setstate_
#include_next <stdlib.h>
#undef random
#undef srandom
#undef initstate
#undef setstate

#include <wchar.h> // Microsoft's declares those here as well

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

// libc may rename these by symbol, so they are renamed by macro. Out of range: the limits of 32 bits, and ERANGE.
extern int lw_llp64_strtol(const char *text, char *_Nullable *_Nullable end, int base);
extern unsigned lw_llp64_strtoul(const char *text, char *_Nullable *_Nullable end, int base);
#undef strtol
#undef strtoul
#undef atol
#define strtol lw_llp64_strtol
#define strtoul lw_llp64_strtoul
#define atol(text) lw_llp64_strtol((text), NULL, 10)
#define _strtoui64 strtoull
#define _strtoi64 strtoll
#define _atoi64 atoll

/// A number in a radix from 2 to 36, with a sign only in decimal; they return `to`, which has room for 64 digits and a
/// terminator (33 characters are enough for 32 bits).
extern char *_itoa(int value, char *to, int radix) LW_LLP64(_itoa);
extern char *_ultoa(unsigned value, char *to, int radix) LW_LLP64(_ultoa);
extern char *_i64toa(long long value, char *to, int radix) LW_LLP64(_i64toa);
extern char *_ui64toa(unsigned long long value, char *to, int radix) LW_LLP64(_ui64toa);
extern wchar_t *_itow(int value, wchar_t *to, int radix) LW_LLP64(_itow);
extern wchar_t *_ultow(unsigned value, wchar_t *to, int radix) LW_LLP64(_ultow);
#define _ltoa _itoa
#define _ltow _itow
#define itoa _itoa
#define ltoa _itoa
#define ultoa _ultoa

/// Memory at a multiple of a power of two, and its end.
#define _aligned_malloc(bytes, alignment) aligned_alloc((alignment), (bytes))
#define _aligned_free free

/// UTF-8 and UTF-16. As the standard has them; (size_t)-1 never comes, what is no character becomes U+FFFD.
extern size_t mbstowcs(wchar_t *_Nullable to, const char *from, size_t units) LW_LLP64(mbstowcs);
extern size_t wcstombs(char *_Nullable to, const wchar_t *from, size_t bytes) LW_LLP64(wcstombs);
// One character at a time they are not served.
#define mbtowc mbtowc_is_not_served_by_latewrite
#define wctomb wctomb_is_not_served_by_latewrite

#undef RAND_MAX
#define RAND_MAX 0x7FFF
extern int rand(void) LW_LLP64(rand);
extern void srand(unsigned seed) LW_LLP64(srand);

extern int atexit(void (*function)(void)) LW_LLP64(atexit);
_Noreturn void _exit(int code); // which Microsoft declares here as well

#define _countof(array) (sizeof(array) / sizeof(*(array)))

#pragma clang assume_nonnull end
