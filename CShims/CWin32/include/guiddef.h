// Identifiers of 128 bits.
#pragma once

#include "minwindef.h"

#pragma clang assume_nonnull begin

typedef struct _GUID {
  DWORD Data1;
  WORD Data2;
  WORD Data3;
  BYTE Data4[8];
} GUID;
typedef const GUID *REFGUID;

static inline BOOL lw_guids_are_equal_(const GUID *a, const GUID *b) { return __builtin_memcmp(a, b, sizeof *a) == 0; }
/// Whether two identifiers (their addresses) are the same.
#define IsEqualGUID(a, b) lw_guids_are_equal_((a), (b))

#pragma clang assume_nonnull end
