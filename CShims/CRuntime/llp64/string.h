// <string.h> for Windows programs: the names that Microsoft's C run time adds.
#pragma once

// Names of libc that Windows' has not, and that its programs use for their own.
#define index lw_host_index_
#define rindex lw_host_rindex_
#define bcmp lw_host_bcmp_
#define bcopy lw_host_bcopy_
#define bzero lw_host_bzero_
#define ffs lw_host_ffs_
#define strsep lw_host_strsep_
#define basename lw_host_basename_
#include_next <string.h>
#include <strings.h>
#undef index
#undef rindex
#undef bcmp
#undef bcopy
#undef bzero
#undef ffs
#undef strsep
#undef basename

#include <wchar.h> // Microsoft's declares those here as well

#include "lw_llp64.h"

#pragma clang assume_nonnull begin

#define _stricmp strcasecmp
#define _strnicmp strncasecmp
#define stricmp strcasecmp
#define strnicmp strncasecmp
#define _strdup strdup

/// These change the text and return it.
extern char *_strupr(char *text) LW_LLP64(_strupr);
extern char *_strlwr(char *text) LW_LLP64(_strlwr);
extern char *_strrev(char *text) LW_LLP64(_strrev);
#define strupr _strupr
#define strlwr _strlwr
#define strrev _strrev

/// 0, or ERANGE and an empty string where the text does not fit.
extern int strcpy_s(char *to, size_t bytes, const char *from) LW_LLP64(strcpy_s);
extern int strcat_s(char *to, size_t bytes, const char *from) LW_LLP64(strcat_s);
/// The first `count` bytes of `from` at most, or as many as fit with _TRUNCATE (then STRUNCATE, 80, where it was cut).
extern int strncpy_s(char *to, size_t bytes, const char *from, size_t count) LW_LLP64(strncpy_s);
/// 0, or ERANGE and zeros where the bytes do not fit.
extern int memcpy_s(void *to, size_t room, const void *from, size_t bytes) LW_LLP64(memcpy_s);
#define strtok_s strtok_r
#define STRUNCATE 80

#pragma clang assume_nonnull end
