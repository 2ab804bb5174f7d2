// Both sides of an exit code in the memory of a child.
#include "exit_codes.h"

#include <stdlib.h>
#include <unistd.h>

#include "family.h"
#include "joint.h"

/// Where in the letter; all zeros when nothing was left.
enum { IN_LETTER = offsetof(lw_family_letter, exit) };
typedef __typeof__(((lw_family_letter *)0)->exit) left_code;

DWORD lw_exit_code_(int memory, DWORD status) {
  left_code left;
  if (pread(memory, &left, sizeof left, IN_LETTER) != sizeof left || !left.is_there) return status;
  return (left.code & 0xFF) == status ? left.code : status; // something else may have ended it after all
}

void lw_exit_code_leave_(DWORD code) {
  left_code left = {.is_there = 1, .code = code};
  int memory = lw_family_parents_memory_();
  // What cannot be written is lost: then the system's 8 bits are all that the parent gets.
  ssize_t written = memory < 0 ? 0 : pwrite(memory, &left, sizeof left, IN_LETTER);
  (void)written;
  lw_joint_leave_code_(code);
}

static void leave_status(int status, void *_Nullable context) {
  (void)context;
  lw_exit_code_leave_((DWORD)status);
}

/// Notes whatever the program gives to exit().
__attribute__((constructor)) static void watch_exit(void) { on_exit(leave_status, NULL); }
