// How a program ends that had a finding but was told to continue: with one closing line and the configured exit code.
// It happens in the destructor that runs last in this object, behind every atexit function, so that the program's own
// clean-up (which may have findings, too) is over.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scope.h"

/// pid << 32 | exit code of the newest finding that decides; a forked child does not inherit its parent's verdict.
static _Atomic uint64_t verdict;

void lw_program_end_decide_(int exit_code) {
  // relaxed: read once, at exit, behind everything that the exiting thread did.
  if (exit_code != 0)
    atomic_store_explicit(&verdict, (uint64_t)getpid() << 32 | (uint32_t)exit_code, memory_order_relaxed);
}

/// Writes "LW001 x3, LW002 x1" and returns the sum.
static uint64_t list_counts(const lw_scope *scope, char *list, size_t bytes) {
  uint64_t total = 0;
  size_t used = 0;
  list[0] = 0;
  for (lw_rule rule = 1; rule < LW_RULE_COUNT; rule++) {
    uint64_t count = lw_scope_count(scope, rule);
    if (count == 0) continue;
    total += count;
    used += (size_t)snprintf(list + used, bytes - used, "%sLW%03u x%llu", used ? ", " : "", rule,
                             (unsigned long long)count);
  }
  return total;
}

void lw_program_end_line_(void) {
  lw_scope *scope = lw_scope_default_if_any_();
  if (!scope || scope->quiet) return;
  // acquire: pairs with the compare-and-swap that published the recorder.
  lw_recorder *recorder = atomic_load_explicit(&scope->recorder, memory_order_acquire);
  if (!recorder->is_final || recorder->pid != getpid()) return;
  char list[LW_RULE_COUNT * 32], path[LW_RAW_PATH_BYTES], line[sizeof list + sizeof path + 128];
  uint64_t total = list_counts(scope, list, sizeof list);
  lw_raw_file_path_(path);
  int length = snprintf(line, sizeof line, "latewrite: %llu finding%s (%s); %s%s\n", (unsigned long long)total,
                        total == 1 ? "" : "s", list,
                        recorder->is_raw_file ? "report: latewrite report show " : "no raw record was kept",
                        recorder->is_raw_file ? path : "");
  ssize_t ignored = write(STDERR_FILENO, line, (size_t)length);
  (void)ignored;
}

// 101 is the first priority that is not the system's: destructors run from the highest number to the lowest.
__attribute__((destructor(101))) static void end_program(void) {
  lw_program_end_line_();
  // relaxed: see lw_program_end_decide_.
  uint64_t decided = atomic_load_explicit(&verdict, memory_order_relaxed);
  if (decided >> 32 != (uint64_t)getpid()) return;
  // A second exit() goes on where the first one stands (exit(3): no recursion on Linux), with the new status. It
  // flushes stdio without taking the streams' locks; fflush(NULL) here would wait for a thread that is blocked in a
  // read.
  exit((int)(uint32_t)decided);
}
