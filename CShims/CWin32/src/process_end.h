// The end of a program by ExitProcess, or with its last thread: streams are flushed and findings told as by `exit`, but
// the functions that the program has given to its C run time's atexit are not called (`lw_process_ends` tells that).
#pragma once

#include "processthreadsapi.h"

_Noreturn void lw_process_end_(DWORD code);
