// A scenario that traps takes the process with it, and what was explored so far. Then at least the token of the
// execution is told, so that it can be repeated in a debugger: from a signal handler, so without the heap and without a
// lock.
#include <signal.h>
#include <unistd.h>

#include "control.h"

enum { LINE_MAX = 17000 }; // of a schedule that is longer nothing is told

static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { SIGNALS = sizeof signals / sizeof signals[0] };

static struct {
  _Atomic(const char *) scenario; ///< NULL: none runs
  uint32_t digest;
  struct sigaction before[SIGNALS];
  // Written by one thread, the one that crashes.
  size_t length;
  char line[LINE_MAX];
} told;

static void put_text(const char *text) {
  for (; *text && told.length < LINE_MAX; text++) told.line[told.length++] = *text;
}

void lw_crash_tell_(void) {
  const char *scenario = atomic_exchange(&told.scenario, NULL);
  const lw_schedule *taken = lw_deviations_taken_();
  if (!scenario || !taken) return;
  told.length = 0;
  put_text("latewrite: an execution of ");
  put_text(scenario);
  put_text(" ends the program; it is repeated by replay of ");
  size_t bytes = lw_replay_token_write(told.line + told.length, LINE_MAX - told.length, told.digest, NULL, 0,
                                       taken->deviations, lw_schedule_count(taken));
  told.length += bytes;
  put_text("\n");
  if (bytes == 0 || told.length == LINE_MAX) return;
  ssize_t written = write(STDERR_FILENO, told.line, told.length);
  (void)written; // the program ends either way
}

static void crashed(int number, siginfo_t *info, void *context) {
  (void)context;
  lw_crash_tell_();
  for (int i = 0; i < SIGNALS; i++)
    if (signals[i] == number) sigaction(number, &told.before[i], NULL);
  // A fault happens again, for who was there before. What somebody has sent does not, nor does a breakpoint.
  if (info->si_code <= 0 || number == SIGTRAP) raise(number);
}

void lw_control_tell_of_crash(const char *scenario, uint32_t digest) {
  static bool is_set;
  if (!is_set && scenario) {
    is_set = true;
    struct sigaction action = {.sa_sigaction = crashed, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    for (int i = 0; i < SIGNALS; i++) sigaction(signals[i], &action, &told.before[i]);
  }
  told.digest = digest;
  atomic_store(&told.scenario, scenario);
}
