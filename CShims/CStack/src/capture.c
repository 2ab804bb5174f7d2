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

/// Stacks that the calling thread captured before, by where their second frame is and what their first two return to. A
/// thread captures few different ones, again and again: following the frames and comparing them with one of those is
/// quicker than storing and finding them. A number here is a guess, never more. LW_STACK_NONE: no guess.
enum { RECALLED_BITS = 6 };
static _Thread_local LW_TLS_AT_HAND _Atomic lw_stack_id recalled[1 << RECALLED_BITS];

/// Where the guess for the stack of `frame` is kept, NULL for a stack that is not the thread's own or has one frame.
LW_UNINSTRUMENTED
__attribute__((always_inline)) static inline _Atomic lw_stack_id *_Nullable recalled_for(uintptr_t frame,
                                                                                         uintptr_t high) {
  if (!lw_stack_limits_hold_(&lw_stack_own_limits_, frame)) return NULL;
  uintptr_t second = ((const uintptr_t *)frame)[FRAME_POINTER];
  if (second <= frame || second % sizeof second != 0 || second > high - FRAME_WORDS * sizeof second) return NULL;
  uintptr_t key = second + ((const uintptr_t *)frame)[RETURN_ADDRESS] + ((const uintptr_t *)second)[RETURN_ADDRESS];
  return &recalled[key * 0x9E3779B97F4A7C15 >> (64 - RECALLED_BITS)];
}

/// Whether `walk` with `load_frame` would find the frames of stack `id`.
LW_UNINSTRUMENTED __attribute__((always_inline)) static inline bool is_recalled(lw_stack_id id, uintptr_t frame,
                                                                                uintptr_t high) {
  // relaxed, all three: the thread had the number from the depot, so it has seen the depot and the stack's words.
  const _Atomic uint64_t *words = atomic_load_explicit(&lw_stack_words_, memory_order_relaxed) + id;
  uint64_t head = atomic_load_explicit(words, memory_order_relaxed) >> LW_STACK_COUNT_SHIFT;
  const _Atomic uint64_t *known = words + LW_STACK_FRAMES_AT, *end = known + (head & 0xFF);
  if (head >> (LW_STACK_EXACT_SHIFT - LW_STACK_COUNT_SHIFT) & 1) return false;
  uintptr_t all_frames = 0; // One look at the end finds a frame that is not aligned.
  for (; known != end; known++) {
    const uintptr_t *there = (const uintptr_t *)frame;
    if (frame > high - FRAME_WORDS * sizeof *there) return false;
    if (there[RETURN_ADDRESS] != atomic_load_explicit(known, memory_order_relaxed)) return false;
    all_frames |= frame;
    if (there[FRAME_POINTER] <= frame) return known + 1 == end && all_frames % sizeof *there == 0;
    frame = there[FRAME_POINTER];
  }
  if (all_frames % sizeof frame != 0) return false;
  // Behind the last one `walk` must stop too.
  if (frame % sizeof frame != 0 || frame > high - FRAME_WORDS * sizeof frame) return true;
  uintptr_t pc = ((const uintptr_t *)frame)[RETURN_ADDRESS];
  return pc < CODE_LOWEST || pc > CODE_HIGHEST || (head & 0xFF) == LW_STACK_FRAMES_MAX;
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

/// By the frames from `frame` upwards, or by libunwind from that one on which returns to `return_address`.
LW_UNINSTRUMENTED static __attribute__((noinline)) lw_stack_id capture(lw_stack_method method, uintptr_t frame,
                                                                       uintptr_t return_address) {
  lw_stack_trace trace;
  trace.count = 0;
  trace.first_is_exact = false;
  if (method == LW_STACKS_UNWIND) lw_stack_unwind_(&trace, return_address);
  if (trace.count == 0) walk_own(&trace, frame);
  return lw_stack_intern_(&trace);
}

LW_UNINSTRUMENTED lw_stack_id lw_stack_capture_(lw_stack_method method) {
  uintptr_t frame = (uintptr_t)__builtin_frame_address(0), high = lw_stack_own_limits_.high;
  _Atomic lw_stack_id *guess = method == LW_STACKS_FRAME_POINTERS ? recalled_for(frame, high) : NULL;
  // relaxed: only this thread and its handlers store here.
  lw_stack_id id = guess ? atomic_load_explicit(guess, memory_order_relaxed) : LW_STACK_NONE;
  if (__builtin_expect(id != LW_STACK_NONE && is_recalled(id, frame, high), 1)) return id;
  id = capture(method, frame, (uintptr_t)__builtin_return_address(0));
  if (guess && id != LW_STACK_LOST) atomic_store_explicit(guess, id, memory_order_relaxed);
  return id;
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
