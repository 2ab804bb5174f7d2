// Both sides of the memory for an exit code.
#include "exit_codes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_NAME "lw-exit-code"

/// What is in the memory; all zeros when nothing was left.
typedef struct left_code {
  DWORD is_there;
  DWORD code;
} left_code;

int lw_exit_code_memory_(void) { return memfd_create(MEMORY_NAME, MFD_CLOEXEC); }

DWORD lw_exit_code_(int memory, DWORD status) {
  left_code left;
  if (pread(memory, &left, sizeof left, 0) != sizeof left || !left.is_there) return status;
  return (left.code & 0xFF) == status ? left.code : status; // something else may have ended it after all
}

/// In a child: the descriptor of its parent's memory; -1 in a process that has no such parent.
static int parents_memory = -1;

void lw_exit_code_leave_(DWORD code) {
  left_code left = {.is_there = 1, .code = code};
  if (parents_memory >= 0 && pwrite(parents_memory, &left, sizeof left, 0) != sizeof left)
    parents_memory = -1; // then the system's 8 bits are all that the parent gets
}

static void leave_status(int status, void *_Nullable context) {
  (void)context;
  lw_exit_code_leave_((DWORD)status);
}

/// Takes the descriptor away from where the program may look, and notes whatever the program gives to exit().
__attribute__((constructor)) static void find_parents_memory(void) {
  enum { OUT_OF_THE_WAY = 64 };
  char target[sizeof "/memfd:" MEMORY_NAME " (deleted)"] = "";
  static const char expected[] = "/memfd:" MEMORY_NAME " (deleted)";
  if (readlink("/proc/self/fd/3", target, sizeof target) != sizeof expected - 1) return;
  if (memcmp(target, expected, sizeof expected - 1) != 0) return;
  parents_memory = fcntl(LW_EXIT_CODE_FD, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
  close(LW_EXIT_CODE_FD);
  if (parents_memory >= 0) on_exit(leave_status, NULL);
}
