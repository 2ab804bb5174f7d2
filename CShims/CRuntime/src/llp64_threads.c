// _beginthread: a thread whose handle closes itself at the thread's end.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "handleapi.h"
#include "processthreadsapi.h"

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

typedef struct beginning {
  void (*start)(void *_Nullable argument);
  void *_Nullable argument;
  HANDLE handle;
} beginning;

/// The calling thread's, when _beginthread made it.
static _Thread_local HANDLE _Nullable own_handle;

static void close_own(void) {
  if (own_handle) CloseHandle(own_handle);
  own_handle = NULL;
}

static DWORD run(void *context) {
  beginning begun = *(beginning *)context;
  free(context);
  own_handle = begun.handle;
  begun.start(begun.argument);
  close_own();
  return 0;
}

uintptr_t lw_llp64__beginthread(void (*start)(void *_Nullable argument), unsigned stack_bytes,
                                void *_Nullable argument) {
  beginning *begins = malloc(sizeof *begins);
  HANDLE handle = begins ? CreateThread(NULL, stack_bytes, run, begins, CREATE_SUSPENDED, NULL) : NULL;
  if (!handle) {
    free(begins);
    errno = EAGAIN;
    return (uintptr_t)-1;
  }
  *begins = (beginning){.start = start, .argument = argument, .handle = handle};
  ResumeThread(handle);
  return (uintptr_t)handle;
}

void lw_llp64__endthread(void) {
  close_own();
  ExitThread(0);
}
