// Text between UTF-16 and UTF-8. Every narrow code page is UTF-8 here.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

#define CP_ACP 0u
#define CP_OEMCP 1u
#define CP_THREAD_ACP 3u
#define CP_UTF8 65001u
#define MB_PRECOMPOSED 0x00000001u
#define MB_ERR_INVALID_CHARS 0x00000008u
#define WC_NO_BEST_FIT_CHARS 0x00000400u
#define WC_ERR_INVALID_CHARS 0x00000080u

/// Converts `bytes` bytes (-1: a terminated string, with its terminator) and returns the units stored, or with `size` 0
/// the units needed. 0: ERROR_INSUFFICIENT_BUFFER, ERROR_INVALID_PARAMETER, ERROR_NO_UNICODE_TRANSLATION (with
/// MB_ERR_INVALID_CHARS; else what is no character becomes U+FFFD).
int MultiByteToWideChar(UINT page, DWORD flags, LPCSTR _Nullable text, int bytes, LPWSTR _Nullable to, int size);
/// Converts `units` units (-1: a terminated string, with its terminator) and returns the bytes stored, or with `size` 0
/// the bytes needed. The last two are NULL for CP_UTF8, or ERROR_INVALID_PARAMETER.
int WideCharToMultiByte(UINT page, DWORD flags, LPCWSTR _Nullable text, int units, LPSTR _Nullable to, int size,
                        LPCSTR _Nullable default_character, BOOL *_Nullable used_default);

#pragma clang assume_nonnull end
