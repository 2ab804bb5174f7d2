// libunwind without linking it. A program that is linked with it gets its `backtrace` and `_Unwind_*` instead of the
// C library's and the compiler's (C++ throws become ten times slower); loaded privately it changes nothing.
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "stack.h"

static const char missing[] =
    "libunwind.so.8 cannot be loaded: stacks are captured by frame pointers and end at code that has none";

static struct {
  int (*backtrace)(void **frames, int limit);
  int (*init)(unw_cursor_t *cursor, unw_context_t *context, int flags);
  int (*step)(unw_cursor_t *cursor);
  int (*get_reg)(unw_cursor_t *cursor, unw_regnum_t reg, unw_word_t *value);
  int (*get_proc_info)(unw_cursor_t *cursor, unw_proc_info_t *info);
} libunwind;

enum { NOT_PREPARED, LOADED, MISSING };
static _Atomic uint32_t state = NOT_PREPARED;

static pthread_once_t prepare_once = PTHREAD_ONCE_INIT;
/// The loader calls malloc; where that is served from an arena, the arena's first use comes back here.
static _Thread_local bool preparing;

void lw_stack_say_(const char *sentence) {
  char line[256] = "latewrite: ";
  strncat(line, sentence, sizeof line - strlen(line) - 2);
  strcat(line, "\n");
  ssize_t written = write(STDERR_FILENO, line, strlen(line));
  (void)written;
}

static bool load(void) {
  void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
  if (!library) return false;
  // The library stays loaded for the life of the process: a signal handler may be inside at any time.
  *(void **)&libunwind.backtrace = dlsym(library, "unw_backtrace");
  *(void **)&libunwind.init = dlsym(library, "_ULx86_64_init_local2");
  *(void **)&libunwind.step = dlsym(library, "_ULx86_64_step");
  *(void **)&libunwind.get_reg = dlsym(library, "_ULx86_64_get_reg");
  *(void **)&libunwind.get_proc_info = dlsym(library, "_ULx86_64_get_proc_info");
  return libunwind.backtrace && libunwind.init && libunwind.step && libunwind.get_reg && libunwind.get_proc_info;
}

/// Both ways are gone once here, so that what they set up at first use is never set up in a signal handler.
static void warm_up(void) {
  void *frames[LW_STACK_FRAMES_MAX];
  libunwind.backtrace(frames, LW_STACK_FRAMES_MAX);
  ucontext_t here;
  if (getcontext(&here) != 0) return;
  lw_stack_trace trace = {.count = 0};
  lw_stack_unwind_context_(&trace, &here);
}

static void prepare(void) {
  if (load()) {
    atomic_store(&state, LOADED);
    warm_up();
  } else {
    atomic_store(&state, MISSING);
    lw_stack_say_(missing);
  }
}

bool lw_stack_prepare(void) {
  if (preparing) return false;
  preparing = true;
  pthread_once(&prepare_once, prepare);
  preparing = false;
  return lw_stack_has_unwinder();
}

// acquire: the functions' addresses were stored before the state.
bool lw_stack_has_unwinder(void) { return atomic_load_explicit(&state, memory_order_acquire) == LOADED; }

const char *lw_stack_degradation(void) { return atomic_load(&state) == MISSING ? missing : NULL; }

LW_UNINSTRUMENTED void lw_stack_unwind_(lw_stack_trace *trace, uintptr_t return_address) {
  if (!lw_stack_has_unwinder()) return;
  // Room for our own frames, which are cut off below.
  enum { OWN_FRAMES_MAX = 4 };
  void *frames[LW_STACK_FRAMES_MAX + OWN_FRAMES_MAX];
  int count = libunwind.backtrace(frames, LW_STACK_FRAMES_MAX + OWN_FRAMES_MAX);
  int first = 0;
  while (first < count && (uintptr_t)frames[first] != return_address) first++;
  for (int i = first; i < count && trace->count < LW_STACK_FRAMES_MAX; i++)
    trace->frames[trace->count++] = (uint64_t)frames[i];
}

/// The library answers for code that it knows nothing of with a made-up function of one byte.
static bool has_unwind_information(unw_cursor_t *cursor) {
  unw_proc_info_t info;
  return libunwind.get_proc_info(cursor, &info) == 0 && info.end_ip - info.start_ip > 1;
}

void lw_stack_unwind_context_(lw_stack_trace *trace, const void *ucontext) {
  unw_cursor_t cursor;
  // The library takes the context without const and does not change it unless it is told to resume there.
  if (libunwind.init(&cursor, (unw_context_t *)ucontext, UNW_INIT_SIGNAL_FRAME) != 0) return;
  for (;;) {
    // Where code has no unwind information the library guesses from the base pointer and checks too little of what it
    // reads (a word across the end of the last page ends the program); our own walk goes on there.
    if (!has_unwind_information(&cursor)) {
      unw_word_t stack_pointer, frame;
      if (libunwind.get_reg(&cursor, UNW_REG_SP, &stack_pointer) == 0 &&
          libunwind.get_reg(&cursor, UNW_X86_64_RBP, &frame) == 0)
        lw_stack_walk_untrusted_(trace, stack_pointer, frame);
      return;
    }
    unw_word_t pc = 0;
    if (trace->count == LW_STACK_FRAMES_MAX || libunwind.step(&cursor) <= 0) return;
    if (libunwind.get_reg(&cursor, UNW_REG_IP, &pc) != 0 || pc == 0) return;
    trace->frames[trace->count++] = pc;
  }
}
