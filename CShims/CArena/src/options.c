// The parser of LATEWRITE_OPTIONS. The rows of LW_OPTIONS are its grammar: the type column says which values a key
// takes, so parser, `help=1` and documentation cannot disagree. It runs before anything else works, in programs whose
// malloc we may serve: no allocation, and one write(2) for what it has to say.
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lw_arena.h"

enum { EXIT_USAGE = 64, SENTENCE_BYTES = 512 };

typedef struct option_row {
  const char *key;
  const char *type;
  const char *standard;
  const char *help;
} option_row;

static const option_row rows[LW_OPTION_COUNT] = {
#define X(key, type, standard, help) {#key, type, standard, help},
    LW_OPTIONS(X)
#undef X
};

// A word's place in its row is the enumeration's value: these are the relations that rows and headers must keep.
_Static_assert(LW_ON_FINDING_CONTINUE == 0 && LW_ON_FINDING_EXIT == 1 && LW_ON_FINDING_ABORT == 2, "on_finding");
_Static_assert(LW_REUSE_IMMEDIATE == 0 && LW_REUSE_QUARANTINE == 1 && LW_REUSE_RANDOM == 2 && LW_REUSE_NEVER == 3,
               "reuse");
_Static_assert(LW_LATE_WRITE_LANDS == 0 && LW_LATE_WRITE_REFUSED == 1 && LW_LATE_WRITE_STOPS == 2, "late_write");
_Static_assert(LW_STACKS_OFF == 0 && LW_STACKS_FRAME_POINTERS == 1 && LW_STACKS_UNWIND == 2, "stacks");

/// A piece of the environment's text.
typedef struct text {
  const char *start;
  size_t bytes;
} text;

static lw_lock parse_lock;
static _Atomic bool parsed;
static uint64_t values[LW_OPTION_COUNT];
static bool given[LW_OPTION_COUNT];
static char log_path[LW_LOG_PATH_BYTES];

static bool text_equals(text left, const char *right) {
  return strlen(right) == left.bytes && memcmp(left.start, right, left.bytes) == 0;
}

static _Noreturn void usage(const char *sentence, int bytes) {
  ssize_t ignored = write(STDERR_FILENO, sentence, (size_t)(bytes < SENTENCE_BYTES ? bytes : SENTENCE_BYTES - 1));
  (void)ignored;
  _exit(EXIT_USAGE);
}

static _Noreturn void refuse_key(text key) {
  char sentence[SENTENCE_BYTES];
  int length = snprintf(sentence, sizeof sentence, "latewrite: LATEWRITE_OPTIONS: unknown option \"%.*s\"; allowed are",
                        (int)(key.bytes < 64 ? key.bytes : 64), key.start);
  for (size_t i = 0; i < LW_OPTION_COUNT && length < SENTENCE_BYTES; i++)
    length += snprintf(sentence + length, sizeof sentence - (size_t)length, "%s %s", i == 0 ? "" : ",", rows[i].key);
  if (length < SENTENCE_BYTES)
    length += snprintf(sentence + length, sizeof sentence - (size_t)length, " (help=1 explains them)\n");
  usage(sentence, length);
}

static _Noreturn void refuse_value(const option_row *row, text value) {
  char sentence[SENTENCE_BYTES];
  usage(sentence,
        snprintf(sentence, sizeof sentence, "latewrite: LATEWRITE_OPTIONS: \"%.*s\" is no value for %s; allowed: %s\n",
                 (int)(value.bytes < 64 ? value.bytes : 64), value.start, row->key, row->type));
}

/// Reads decimal digits from the start of `value` and moves behind them. False when there are none or too many.
static bool take_number(text *value, uint64_t *number) {
  size_t digits = 0;
  *number = 0;
  for (; digits < value->bytes && value->start[digits] >= '0' && value->start[digits] <= '9'; digits++) {
    if (__builtin_mul_overflow(*number, 10, number)) return false;
    if (__builtin_add_overflow(*number, (uint64_t)(value->start[digits] - '0'), number)) return false;
  }
  value->start += digits;
  value->bytes -= digits;
  return digits > 0;
}

/// A number with an optional unit: k, m or g.
static bool parse_bytes(text value, uint64_t *number) {
  if (!take_number(&value, number)) return false;
  if (value.bytes == 0) return true;
  const char *units = "kmg";
  const char *unit = memchr(units, value.start[0], strlen(units));
  if (!unit || value.bytes != 1) return false;
  return !__builtin_mul_overflow(*number, 1ull << (10 * (unit - units + 1)), number);
}

/// A number within "first...last".
static bool parse_range(const char *type, text value, uint64_t *number) {
  text first = {type, strlen(type)};
  uint64_t low, high;
  if (!take_number(&first, &low)) return false;
  text last = {first.start + strlen("..."), first.bytes - strlen("...")};
  if (!take_number(&last, &high)) return false;
  return take_number(&value, number) && value.bytes == 0 && *number >= low && *number <= high;
}

/// One of the words of "first|second|third".
static bool parse_word(const char *type, text value, uint64_t *number) {
  for (*number = 0;; (*number)++) {
    const char *end = strchrnul(type, '|');
    if ((size_t)(end - type) == value.bytes && memcmp(type, value.start, value.bytes) == 0) return true;
    if (*end == 0) return false;
    type = end + 1;
  }
}

/// A directory; made absolute here, because the program may change its working directory before the first finding.
static bool parse_directory(text value) {
  size_t used = 0;
  if (value.bytes == 0) return false;
  if (value.start[0] != '/') {
    if (!getcwd(log_path, sizeof log_path)) strcpy(log_path, ".");
    used = strlen(log_path);
    if (text_equals(value, ".")) return true;
    if (used + 1 < sizeof log_path) log_path[used++] = '/';
  }
  if (used + value.bytes >= sizeof log_path) return false;
  memcpy(log_path + used, value.start, value.bytes);
  log_path[used + value.bytes] = 0;
  return true;
}

static bool parse_value(lw_option option, text value) {
  const char *type = rows[option].type;
  uint64_t *number = &values[option];
  if (strcmp(type, "DIR") == 0) return parse_directory(value);
  if (strncmp(type, "BYTES", strlen("BYTES")) == 0) return parse_bytes(value, number);
  if (strcmp(type, "N") == 0)
    return take_number(&value, number) && value.bytes == 0 && *number >= 1 && *number <= UINT32_MAX;
  if (strstr(type, "...")) return parse_range(type, value, number);
  return parse_word(type, value, number);
}

static void set_option(text item) {
  const char *equals = memchr(item.start, '=', item.bytes);
  text key = {item.start, equals ? (size_t)(equals - item.start) : item.bytes};
  for (size_t i = 0; i < LW_OPTION_COUNT; i++) {
    if (!text_equals(key, rows[i].key)) continue;
    text value = {equals ? equals + 1 : "", equals ? item.bytes - key.bytes - 1 : 0};
    if (!parse_value((lw_option)i, value)) refuse_value(&rows[i], value);
    given[i] = true;
    return;
  }
  refuse_key(key);
}

static void print_help(void) {
  char page[4096];
  size_t used = (size_t)snprintf(page, sizeof page, "LATEWRITE_OPTIONS=key=value:key=value\n");
  for (size_t i = 0; i < LW_OPTION_COUNT && used < sizeof page; i++) {
    char names[96];
    snprintf(names, sizeof names, "%s=%s", rows[i].key, rows[i].type);
    used += (size_t)snprintf(page + used, sizeof page - used, "  %-46s %s (default %s)\n", names, rows[i].help,
                             rows[i].standard);
  }
  ssize_t ignored = write(STDERR_FILENO, page, used < sizeof page ? used : sizeof page - 1);
  (void)ignored;
}

static void parse(void) {
  for (size_t i = 0; i < LW_OPTION_COUNT; i++) {
    text standard = {rows[i].standard, strlen(rows[i].standard)};
    if (!parse_value((lw_option)i, standard)) refuse_value(&rows[i], standard);
  }
  const char *environment = getenv("LATEWRITE_OPTIONS");
  for (const char *item = environment; item && *item;) {
    const char *end = strchrnul(item, ':');
    if (end != item) set_option((text){item, (size_t)(end - item)});
    item = *end ? end + 1 : end;
  }
  if (values[LW_OPTION_help]) print_help();
}

static void parse_once(void) {
  // acquire: pairs with the release below, so that whoever sees the flag sees the values.
  if (__builtin_expect(atomic_load_explicit(&parsed, memory_order_acquire), 1)) return;
  lw_lock_acquire(&parse_lock);
  // relaxed: under the lock that orders the two parsers.
  if (!atomic_load_explicit(&parsed, memory_order_relaxed)) {
    parse();
    // release: publishes the values.
    atomic_store_explicit(&parsed, true, memory_order_release);
  }
  lw_lock_release_quietly(&parse_lock);
}

uint64_t lw_option_value_(lw_option option) {
  parse_once();
  return values[option];
}

const char *lw_option_log_path_(void) {
  parse_once();
  return log_path;
}

lw_arena_config lw_arena_config_default(void) {
  return (lw_arena_config){
      .name = "arena",
      .scope = NULL,
      .reserve_bytes = lw_option_value_(LW_OPTION_reserve),
      .loans_max = (uint32_t)lw_option_value_(LW_OPTION_loans),
      .retired_max = 4096,
      .reuse = (lw_reuse)lw_option_value_(LW_OPTION_reuse),
      .late_write = (lw_late_write)lw_option_value_(LW_OPTION_late_write),
      .stacks = (lw_stack_method)lw_option_value_(LW_OPTION_stacks),
      .quarantine_bytes = lw_option_value_(LW_OPTION_quarantine),
      .quarantine_blocks = (uint32_t)lw_option_value_(LW_OPTION_quarantine_blocks),
      .first_generation = 1,
      .report_leaks = lw_option_value_(LW_OPTION_leaks) != 0,
  };
}

lw_arena_config lw_arena_config_for_malloc_(void) {
  lw_arena_config config = lw_arena_config_default();
  config.name = "malloc";
  if (!given[LW_OPTION_reserve]) config.reserve_bytes = 64ull << 30;
  if (!given[LW_OPTION_stacks]) config.stacks = LW_STACKS_UNWIND;
  config.report_leaks = given[LW_OPTION_leaks] && config.report_leaks;
  return config;
}
