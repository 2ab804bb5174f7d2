// Capturing: the public entries and the walk over frame pointers. A frame is two words, the caller's frame pointer and
// the return address; code without frame pointers leaves anything in the first, so every address is checked against the
// limits of the stack before it is read, and frames must strictly rise.
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include "limits.h"
#include "stack.h"

enum { FRAME_POINTER = 0, RETURN_ADDRESS = 1, FRAME_WORDS = 2 };
/// No code lies outside; the outermost frame has a zero return address, what is no frame often a small number there.
static const uintptr_t CODE_LOWEST = 4096, CODE_HIGHEST = (1ull << 47) - 1;
/// How far frames are followed on a stack of unknown size.
enum { UNKNOWN_STACK_BYTES_MAX = 1 << 20 };

/// How a frame's two words are read; false when they cannot be.
typedef bool frame_reader(uintptr_t frame, uintptr_t words[_Nonnull FRAME_WORDS]);

/// For frames that are known to be readable.
LW_UNINSTRUMENTED static bool load_frame(uintptr_t frame, uintptr_t words[FRAME_WORDS]) {
  const uintptr_t *there = (const uintptr_t *)frame;
  words[FRAME_POINTER] = there[FRAME_POINTER];
  words[RETURN_ADDRESS] = there[RETURN_ADDRESS];
  return true;
}

/// For all others: reads through the kernel, which answers with an error where a load would end the program.
static bool read_frame(uintptr_t frame, uintptr_t words[FRAME_WORDS]) {
  struct iovec to = {.iov_base = words, .iov_len = FRAME_WORDS * sizeof *words};
  struct iovec from = {.iov_base = (void *)frame, .iov_len = FRAME_WORDS * sizeof *words};
  return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)to.iov_len;
}

/// Appends the return addresses of the frames from `frame` upwards, as long as they lie below `high`. Returns the frame
/// pointer at which it stopped: one that does not rise or lies elsewhere, or 0 when there is no more to find.
LW_UNINSTRUMENTED __attribute__((always_inline)) static inline uintptr_t walk(lw_stack_trace *trace, uintptr_t frame,
                                                                              uintptr_t high, frame_reader *reader) {
  for (;;) {
    uintptr_t words[FRAME_WORDS];
    if (frame % sizeof *words != 0 || frame > high - sizeof words || !reader(frame, words)) return frame;
    uintptr_t pc = words[RETURN_ADDRESS];
    if (pc < CODE_LOWEST || pc > CODE_HIGHEST || trace->count == LW_STACK_FRAMES_MAX) return 0;
    trace->frames[trace->count++] = pc;
    if (words[FRAME_POINTER] <= frame) return words[FRAME_POINTER];
    frame = words[FRAME_POINTER];
  }
}

void lw_stack_walk_untrusted_(lw_stack_trace *trace, uintptr_t stack_pointer, uintptr_t frame) {
  lw_stack_limits limits = lw_stack_limits_at_(stack_pointer);
  uintptr_t high = limits.high != 0 ? limits.high : stack_pointer + UNKNOWN_STACK_BYTES_MAX;
  if (frame >= stack_pointer) walk(trace, frame, high, read_frame);
}

LW_UNINSTRUMENTED static void walk_own(lw_stack_trace *trace, uintptr_t frame) {
  lw_stack_limits limits = lw_stack_limits_at_(frame);
  if (limits.high == 0) {
    lw_stack_walk_untrusted_(trace, frame, frame);
    return;
  }
  uintptr_t next = walk(trace, frame, limits.high, load_frame);
  if (next == 0 || !limits.of_signals) return;
  // The chain of a handler goes on where the signal came, if that is on the thread's own stack.
  limits = lw_stack_limits_at_(next);
  if (limits.high != 0) lw_stack_walk_untrusted_(trace, next, next);
}

LW_UNINSTRUMENTED lw_stack_id lw_stack_capture_(lw_stack_method method) {
  lw_stack_trace trace;
  trace.count = 0;
  trace.first_is_exact = false;
  if (method == LW_STACKS_UNWIND) lw_stack_unwind_(&trace, (uintptr_t)__builtin_return_address(0));
  if (trace.count == 0) walk_own(&trace, (uintptr_t)__builtin_frame_address(0));
  return lw_stack_intern_(&trace);
}

LW_UNINSTRUMENTED lw_stack_id lw_stack_capture_context(const void *ucontext) {
  const greg_t *registers = ((const ucontext_t *)ucontext)->uc_mcontext.gregs;
  lw_stack_trace trace;
  trace.frames[0] = (uint64_t)registers[REG_RIP];
  trace.count = 1;
  trace.first_is_exact = true;
  if (lw_stack_has_unwinder())
    lw_stack_unwind_context_(&trace, ucontext);
  else
    lw_stack_walk_untrusted_(&trace, (uintptr_t)registers[REG_RSP], (uintptr_t)registers[REG_RBP]);
  return lw_stack_intern_(&trace);
}
