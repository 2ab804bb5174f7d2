// <windows.h> as far as programs of events, waits, completion ports, child processes and threads need it. The parts
// have the names that the SDK gives them. Behaviour is Windows' as documented; where this differs, the declaration says
// so.
#pragma once

#include "debugapi.h"
#include "errhandlingapi.h"
#include "fileapi.h"
#include "fileextd.h"
#include "handleapi.h"
#include "heapapi.h"
#include "interlockedapi.h"
#include "interlockedlists.h"
#include "ioapiset.h"
#include "libloaderapi.h"
#include "memoryapi.h"
#include "minwinbase.h"
#include "minwindef.h"
#include "namedpipeapi.h"
#include "processenv.h"
#include "processthreadsapi.h"
#include "profileapi.h"
#include "shellapi.h"
#include "stringapiset.h"
#include "synchapi.h"
#include "sysinfoapi.h"
#include "threadpoollegacyapiset.h"
#include "timezoneapi.h"
#include "winbase.h"
#include "winerror.h"
#include "winnt.h"

// As the SDK's, for programs that tools/cc builds, which have wide characters of 16 bits.
#if __SIZEOF_WCHAR_T__ == 2
#include <winuser.h>
#ifndef WIN32_LEAN_AND_MEAN
#include "winsock.h"
#endif
#endif
