// What the files of this module share.
#pragma once

#include <stdatomic.h>

#include "lw_stack.h"

#pragma clang assume_nonnull begin

/// Code that reads other frames' memory or is entered from a handler is no business of a sanitizer.
#define LW_UNINSTRUMENTED __attribute__((disable_sanitizer_instrumentation))

/// A captured stack before it is interned.
typedef struct lw_stack_trace {
  uint64_t frames[LW_STACK_FRAMES_MAX];
  uint32_t count;
  bool first_is_exact;
} lw_stack_trace;

/// The words of the depot, for numbers that the calling thread has seen: at `id` the head of a stack, see below, and
/// from `id + LW_STACK_FRAMES_AT` on its frames.
extern _Atomic(_Atomic uint64_t *) lw_stack_words_;
/// Of a head, from its lowest bit: the next stack of the chain (32 bits), the number of frames (8), whether the first
/// is exact.
enum { LW_STACK_FRAMES_AT = 2, LW_STACK_COUNT_SHIFT = 32, LW_STACK_EXACT_SHIFT = 40 };

/// The number of the trace; LW_STACK_NONE when it is empty, LW_STACK_LOST when it is new and there is no room.
lw_stack_id lw_stack_intern_(const lw_stack_trace *trace);

/// libunwind's view of the calling thread, from the frame to which `return_address` returns. Appends nothing when the
/// library is missing or does not see that frame.
void lw_stack_unwind_(lw_stack_trace *trace, uintptr_t return_address);
/// Appends the callers of the interrupted instruction. Only when the library is loaded.
void lw_stack_unwind_context_(lw_stack_trace *trace, const void *ucontext);

/// Appends the return addresses of the frames from `frame` upwards, on the stack that is used at `stack_pointer`.
/// Nothing there is taken for readable, and `frame` may be anything.
void lw_stack_walk_untrusted_(lw_stack_trace *trace, uintptr_t stack_pointer, uintptr_t frame);

/// One line "latewrite: <sentence>" on standard error, with one write.
void lw_stack_say_(const char *sentence);

#pragma clang assume_nonnull end
