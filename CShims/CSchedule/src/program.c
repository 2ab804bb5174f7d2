// A whole program as one controlled execution: the command that explores it leaves what it wants in a file and the
// file's name in the environment, and everything that the program's threads do from its main on is under control. What
// it did stands in the same file, however it ended.
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control.h"

enum { EXIT_HANG = 124 };

/// Without a decision for so long, and as long again, the program loops or blocks outside of control.
static const uint64_t STALL_NS = 3000000000;
/// So many times longer may it wait for what it watches, a child or a peer.
enum { WORLD_STALLS = 10 };

static lw_program *program;

/// Ends an execution that cannot go on, with a sentence a thread.
LW_UNSEEN _Noreturn static void give_up(lw_execution_end end) {
  program->member_count = lw_control_member_count();
  for (uint32_t i = 0; i < program->member_count; i++) {
    lw_control_member_sentence(i, program->standing[i], sizeof program->standing[i]);
    program->places[i] = lw_members_[i].state == LW_MEMBER_RESTING ? 0 : lw_members_[i].place;
    program->awaited[i] = lw_member_awaited_(&lw_members_[i]);
  }
  lw_program_note_(end);
  static const char sentence[] = "latewrite: no thread of the program can go on, or it goes on for ever\n";
  ssize_t written = write(STDERR_FILENO, sentence, sizeof sentence - 1);
  (void)written;
  _exit(EXIT_HANG);
}

LW_UNSEEN void lw_program_note_(lw_execution_end end) {
  if (!program) return;
  lw_execution_result result = lw_control_result_();
  result.end = end;
  program->result = result;
  program->member_count = lw_control_member_count();
  for (uint32_t i = 0; i < program->member_count; i++) lw_control_member_name(i, program->names[i]);
  // release: whoever reads 1 finds the result.
  atomic_store_explicit(&program->is_noted, 1, memory_order_release);
}

LW_UNSEEN void lw_program_admit_(const lw_member *member) {
  if (!program) return;
  lw_control_member_name(member->index, program->names[member->index]);
  program->member_count = lw_control_member_count();
}

LW_UNSEEN void lw_program_finish_(lw_execution_end end) {
  if (!program) return;
  // The last member has ended: the system ends the program. Others that only wait for work were never waited for.
  if (end == LW_EXECUTION_ENDED) return;
  give_up(end);
}

/// Nobody runs the execution that is a whole program, so a thread of its own waits there.
static void *watch(void *nothing) {
  uint32_t stalled_at = UINT32_MAX, stalls = 0;
  while (!lw_control_watch_(STALL_NS)) {
    uint32_t step = lw_control_step_();
    stalls = step == stalled_at ? stalls + 1 : 1;
    stalled_at = step;
    if (!lw_outside_is_waited_for_() || stalls == WORLD_STALLS) give_up(LW_EXECUTION_STALLED);
  }
  return nothing;
}

/// Signals are for the program's own threads.
static void start_to_watch(void) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t watcher;
  if (pthread_create(&watcher, NULL, watch, NULL) != 0) lw_fatal("the system has no thread left to watch");
  pthread_detach(watcher);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/// At exit, on whichever thread, behind what the program does then. Threads that nobody has waited for may be faster
/// than the end; behind the point the token stays here, so nobody else acts any more.
static void note_end(void) {
  lw_point(LW_POINT_USER, NULL, LW_ACCESS_WRITE);
  lw_program_note_(LW_EXECUTION_ENDED);
}

static lw_program *_Nullable map(const char *path) {
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return NULL;
  struct stat status;
  void *pages = MAP_FAILED;
  if (fstat(file, &status) == 0 && status.st_size >= (off_t)sizeof(lw_program))
    pages = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (pages == MAP_FAILED) return NULL;
  lw_program *mapped = pages;
  return mapped->version == LW_PROGRAM_VERSION ? mapped : NULL;
}

/// Where addresses are drawn by lot, what depends on them - an order of pointers, the poison of a freed block - would
/// not repeat itself: the program begins anew, with the same ones each time. Where the system refuses, it goes on.
static void have_fixed_addresses(char **arguments) {
  enum { ASK = -1 };
  int traits = personality((unsigned long)ASK);
  char own[PATH_MAX];
  ssize_t bytes = readlink("/proc/self/exe", own, sizeof own - 1);
  if (traits < 0 || (traits & ADDR_NO_RANDOMIZE) || bytes < 0) return;
  own[bytes] = 0;
  if (personality((unsigned long)traits | ADDR_NO_RANDOMIZE) >= 0) execv(own, arguments);
}

/// Behind the constructors of this library, before the program's main.
__attribute__((constructor)) static void take_over(int argument_count, char **arguments) {
  (void)argument_count;
  const char *path = getenv("LATEWRITE_CONTROL");
  if (!path) return;
  have_fixed_addresses(arguments);
  program = map(path);
  if (!program) lw_fatal("LATEWRITE_CONTROL names no file of latewrite explore: leave it out of the environment");
  unsetenv("LATEWRITE_CONTROL"); // a child of the program is another program
  // The C library allocates a stream's buffer at its first use, with the stream locked, and an allocation is a point:
  // another thread that wants the stream would wait for it outside of control.
  static char output[BUFSIZ], errors[BUFSIZ];
  setvbuf(stdout, output, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof output);
  setvbuf(stderr, errors, _IOLBF, sizeof errors);
  lw_stay_on_processor(program->processor);
  atexit(note_end);
  static lw_execution execution;
  execution = (lw_execution){.steps_max = program->steps_max,
                             .prescribed = program->prescribed,
                             .prescribed_count = program->prescribed_count,
                             .strategy = program->strategy,
                             .stop_before = program->stop_before,
                             .taken = &program->taken,
                             .log = program->log_bytes != 0 ? (char *)program + sizeof *program : NULL,
                             .log_bytes = program->log_bytes,
                             .log_used = &program->log_used};
  if (program->events_max != 0)
    lw_trace_mirror_((void *)((char *)program + sizeof *program + program->log_bytes), program->events_max,
                     &program->event_count);
  start_to_watch();
  lw_control_adopt_(&execution);
  lw_program_admit_(lw_member_self_);
}
