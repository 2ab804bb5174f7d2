// atexit for Windows programs: what they give it runs when they return from main or call exit, not in ExitProcess.
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "lw_schedule.h"
#include "lw_win32.h"

// A program's headers declare these under their standard names.
#pragma clang diagnostic ignored "-Wmissing-prototypes"

typedef struct given {
  void (*function)(void);
  struct given *_Nullable before;
} given;

static lw_lock given_lock;
static given *_Nullable last LW_GUARDED_BY(given_lock);
static bool minds_exit LW_GUARDED_BY(given_lock);

static void (*_Nullable take(void))(void) {
  lw_lock_acquire(&given_lock);
  given *taken = last;
  if (taken) last = taken->before;
  lw_lock_release_quietly(&given_lock);
  void (*function)(void) = taken ? taken->function : NULL;
  free(taken);
  return function;
}

static void run_all(void) {
  void (*function)(void);
  while (!lw_process_ends() && (function = take())) function();
}

int lw_llp64_atexit(void (*function)(void)) {
  given *made = malloc(sizeof *made);
  if (!made) return -1;
  made->function = function;
  lw_lock_acquire(&given_lock);
  made->before = last;
  last = made;
  bool is_first = !minds_exit;
  minds_exit = true;
  lw_lock_release_quietly(&given_lock);
  return is_first ? atexit(run_all) : 0;
}
