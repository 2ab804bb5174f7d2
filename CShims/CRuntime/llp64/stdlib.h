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

/// UTF-8 and UTF-16. As the standard has them; (size_t)-1 never comes, what is no character becomes U+FFFD.
extern size_t mbstowcs(wchar_t *_Nullable to, const char *from, size_t units) LW_LLP64(mbstowcs);
extern size_t wcstombs(char *_Nullable to, const wchar_t *from, size_t bytes) LW_LLP64(wcstombs);
// One character at a time they are not served.
#define mbtowc mbtowc_is_not_served_by_latewrite
#define wctomb wctomb_is_not_served_by_latewrite

_Noreturn void _exit(int code); // which Microsoft declares here as well

#define _countof(array) (sizeof(array) / sizeof(*(array)))

#pragma clang assume_nonnull end
