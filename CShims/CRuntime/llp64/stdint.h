// <stdint.h> for Windows programs: 64-bit constants are `long long`, because an L is 32 bits.
#pragma once

#include_next <stdint.h>

#undef INT64_C
#undef UINT64_C
#undef INTMAX_C
#undef UINTMAX_C
#undef INT64_MIN
#undef INT64_MAX
#undef UINT64_MAX
#undef INTPTR_MIN
#undef INTPTR_MAX
#undef UINTPTR_MAX
#undef SIZE_MAX
#undef PTRDIFF_MIN
#undef PTRDIFF_MAX
#undef WCHAR_MIN
#undef WCHAR_MAX
#define INT64_C(digits) digits##LL
#define UINT64_C(digits) digits##ULL
#define INTMAX_C INT64_C
#define UINTMAX_C UINT64_C
#define INT64_MIN (-9223372036854775807LL - 1)
#define INT64_MAX 9223372036854775807LL
#define UINT64_MAX 18446744073709551615ULL
#define INTPTR_MIN INT64_MIN
#define INTPTR_MAX INT64_MAX
#define UINTPTR_MAX UINT64_MAX
#define SIZE_MAX UINT64_MAX
#define PTRDIFF_MIN INT64_MIN
#define PTRDIFF_MAX INT64_MAX
#define WCHAR_MIN 0
#define WCHAR_MAX 0xFFFF
