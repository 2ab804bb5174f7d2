// Programs under control for ThreadSanitizer, which must see their races although one thread runs at a time, and must
// see none where the program orders its acts itself. `control_race MODE EXECUTIONS [STRATEGY]` prints a dot before each
// execution, so that a report tells how many it took.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lw_control.h"

static lw_lock lock;
static int object;
static int *_Nullable block;
static _Atomic bool done;
static lw_thread_number waiter;
static int ends[2];

// ---------------------------------------------------------------------------------------------------------- modes

static void store(void *context) {
  (void)context;
  lw_point(LW_POINT_WRITE, &object, LW_ACCESS_WRITE);
  object++;
  lw_point(LW_POINT_USER, NULL, LW_ACCESS_READ);
}

static void store_locked(void *context) {
  lw_lock_acquire(&lock);
  store(context);
  lw_lock_release(&lock);
}

static void free_block(void *context) {
  (void)context;
  lw_point(LW_POINT_FREE, &block, LW_ACCESS_WRITE);
  free(block);
}

static void write_block(void *context) {
  (void)context;
  lw_point(LW_POINT_WRITE, &block, LW_ACCESS_WRITE);
  *block = 1; // before or behind the free, as it comes: the race is there either way
}

/// Hands the object over by everything that orders threads here: an unpark, a join, a lock, a watch.
static void ready(void *context) {
  char byte;
  ssize_t count = read(ends[0], &byte, 1);
  (void)count;
  store_locked(context);
  atomic_store(&done, true);
  lw_unpark(waiter);
}

static void child(void *context) { store_locked(context); }

static void watch(void *context) {
  lw_watch *watched = lw_watch_readable(ends[0], ready, context);
  lw_thread *thread = lw_thread_create("child", child, NULL);
  lw_park_until(&done, &done, LW_NEVER);
  lw_thread_join(thread);
  lw_watch_end(watched);
  store_locked(context);
}

static void send(void *context) {
  store_locked(context);
  lw_thread *thread = lw_thread_create("child", child, NULL);
  lw_outside_begin();
  ssize_t count = write(ends[1], "", 1);
  (void)count;
  lw_outside_end();
  lw_park(NULL, lw_clock_now() + 1000);
  lw_thread_join(thread);
}

static void begin_watching(void *context) {
  waiter = lw_thread_self();
  watch(context);
}

static const struct {
  const char *name;
  lw_part parts[2];
} modes[] = {
    {"race", {{"one", store, NULL}, {"other", store, NULL}}},
    {"locked", {{"one", store_locked, NULL}, {"other", store_locked, NULL}}},
    {"free", {{"writes", write_block, NULL}, {"frees", free_block, NULL}}},
    {"everything", {{"watches", begin_watching, NULL}, {"sends", send, NULL}}},
};

// --------------------------------------------------------------------------------------------------- executions

static void execute(const lw_part *parts, lw_strategy_kind strategy, uint64_t seed) {
  static lw_schedule taken;
  static _Alignas(8) char log[1 << 16];
  // What the set-up and what comes behind an execution touch is ordered with it.
  object = 0;
  block = malloc(sizeof *block);
  atomic_store(&done, false);
  lw_execution execution = {.parts = parts,
                            .part_count = 2,
                            .steps_max = 10000,
                            .strategy = {.kind = strategy, .seed = seed, .depth = 3, .steps = 20},
                            .taken = &taken,
                            .log = log,
                            .log_bytes = sizeof log};
  lw_execution_result result = lw_control_execute(&execution);
  if (result.end != LW_EXECUTION_ENDED) exit(1);
  if (parts[1].entry != free_block) free(block);
  if (object > 10) exit(2);
}

int main(int count, char **arguments) {
  if (count < 3 || pipe(ends) != 0) return 64;
  lw_strategy_kind strategy = count > 3 ? (lw_strategy_kind)atoi(arguments[3]) : LW_STRATEGY_RANDOM;
  lw_control_begin();
  for (size_t mode = 0; mode < sizeof modes / sizeof *modes; mode++) {
    if (strcmp(modes[mode].name, arguments[1]) != 0) continue;
    for (long seed = 0; seed < atol(arguments[2]); seed++) {
      if (write(STDOUT_FILENO, ".", 1) != 1) return 70;
      execute(modes[mode].parts, strategy, (uint64_t)seed);
    }
    return 0;
  }
  return 64;
}
