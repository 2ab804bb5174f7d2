// A scenario that traps takes the process with it, and what was explored so far. Then at least the token of the
// execution is told, so that it can be repeated in a debugger: from a signal handler, so without the heap and without a
// lock.
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "control.h"

enum {
  BODY_MAX = 12000, ///< of a schedule that is longer nothing is told
  LINE_MAX = 17000,
  CRC_START = 0xffff,
  CRC_POLYNOMIAL = 0x1021 ///< CRC-16 (CCITT)
};

static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { SIGNALS = sizeof signals / sizeof signals[0] };

static struct {
  _Atomic(const char *) scenario; ///< NULL: none runs
  uint32_t digest;
  struct sigaction before[SIGNALS];
  // Written by one thread, the one that crashes.
  size_t bytes;
  unsigned char body[BODY_MAX];
  size_t length;
  char line[LINE_MAX];
} told;

static void put_byte(uint32_t byte) {
  if (told.bytes < BODY_MAX) told.body[told.bytes++] = (unsigned char)byte;
}

/// 7 bits a byte, lowest first.
static void put_number(uint32_t number) {
  for (; number >= 0x80; number >>= 7) put_byte((number & 0x7f) | 0x80);
  put_byte(number);
}

static void put_text(const char *text) {
  for (; *text && told.length < LINE_MAX; text++) told.line[told.length++] = *text;
}

/// What Exploration's ReplayToken reads.
static void put_token(const lw_schedule *schedule) {
  uint32_t count = lw_schedule_count(schedule);
  uint16_t last[LW_MEMBERS_MAX] = {0};
  told.bytes = 2; // of the sum
  for (uint32_t i = 0; i < 4; i++) put_byte(told.digest >> (i * 8) & 0xff);
  put_number(0); // settings
  put_number(count);
  for (uint32_t i = 0; i < count; i++) {
    lw_deviation deviation = lw_schedule_deviation(schedule, i);
    put_number(deviation.member);
    put_number((uint16_t)(deviation.ordinal - last[deviation.member % LW_MEMBERS_MAX]));
    put_number(deviation.value * LW_TURN_COUNT + deviation.turn);
    last[deviation.member % LW_MEMBERS_MAX] = deviation.ordinal;
  }
  uint32_t sum = CRC_START;
  for (size_t i = 2; i < told.bytes; i++) {
    sum ^= (uint32_t)told.body[i] << 8;
    for (uint32_t bit = 0; bit < 8; bit++) sum = (sum & 0x8000 ? sum << 1 ^ CRC_POLYNOMIAL : sum << 1) & 0xffff;
  }
  told.body[0] = sum & 0xff;
  told.body[1] = (unsigned char)(sum >> 8);
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  put_text("lw1-");
  for (size_t i = 0; i < told.bytes; i += 3) {
    size_t left = told.bytes - i;
    uint32_t three = (uint32_t)told.body[i] << 16 | (left > 1 ? (uint32_t)told.body[i + 1] << 8 : 0) |
                     (left > 2 ? (uint32_t)told.body[i + 2] : 0);
    for (uint32_t digit = 0; digit < (left > 2 ? 4 : left + 1); digit++)
      put_text((char[]){digits[three >> (18 - digit * 6) & 0x3f], 0});
  }
}

void lw_crash_tell_(void) {
  const char *scenario = atomic_exchange(&told.scenario, NULL);
  const lw_schedule *taken = lw_deviations_taken_();
  if (!scenario || !taken) return;
  told.length = 0;
  put_text("latewrite: an execution of ");
  put_text(scenario);
  put_text(" ends the program; it is repeated by replay of ");
  put_token(taken);
  put_text("\n");
  if (told.bytes == BODY_MAX || told.length == LINE_MAX) return;
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
