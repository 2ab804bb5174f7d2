// The end of a program by ExitProcess, or with its last thread.
#include "process_end.h"

#include <stdlib.h>

#include "lw_win32.h"

static _Atomic bool ends;

bool lw_process_ends(void) { return atomic_load(&ends); }

void lw_process_end_(DWORD code) {
  atomic_store(&ends, true);
  exit((int)code);
}

void ExitProcess(UINT code) { lw_process_end_(code); }
