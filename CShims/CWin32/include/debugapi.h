// What programs say to a debugger. There is none that listens, unless gdb does.
#pragma once

#include "minwinbase.h"

#pragma clang assume_nonnull begin

/// Whether a debugger has attached itself to the process.
BOOL IsDebuggerPresent(void);
/// Without effect: no debugger of Windows' kind ever listens.
void OutputDebugStringA(LPCSTR _Nullable text);
void OutputDebugStringW(LPCWSTR _Nullable text);
/// Stops in a debugger, or ends the process with SIGTRAP when there is none.
void DebugBreak(void);

#ifdef UNICODE
#define OutputDebugString OutputDebugStringW
#else
#define OutputDebugString OutputDebugStringA
#endif

#pragma clang assume_nonnull end
