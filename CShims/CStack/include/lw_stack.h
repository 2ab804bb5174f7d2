// Stacks as 32-bit numbers. A capture costs tens of nanoseconds and is interned in a bounded, lock-free depot, so that
// every allocation, loan, free and write can carry one. Nothing here allocates from malloc, takes a lock or symbolizes:
// program counters go into raw records and are turned into names later, elsewhere.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { LW_STACK_FRAMES_MAX = 32 };

/// An interned stack. Equal stacks have equal numbers. LW_STACK_NONE: nothing was captured. LW_STACK_LOST: captured,
/// but the depot was full.
typedef uint32_t lw_stack_id;
#define LW_STACK_NONE ((uint32_t)0)
#define LW_STACK_LOST ((uint32_t)0xFFFFFFFF)

typedef enum __attribute__((enum_extensibility(closed))) lw_stack_method {
  LW_STACKS_OFF,
  LW_STACKS_FRAME_POINTERS, ///< 2 ns a frame; needs frame pointers (SwiftPM builds have them)
  LW_STACKS_UNWIND          ///< libunwind's unw_backtrace, 8 ns a frame; complete without frame pointers
} lw_stack_method;

/// Loads libunwind (dlopen, RTLD_LOCAL: linking it would replace the program's backtrace() and _Unwind_Backtrace) and
/// warms it up. Call it before the first capture with LW_STACKS_UNWIND or from a signal handler; never in a handler.
/// Returns false when the library is missing: it has been said once on standard error, and LW_STACKS_UNWIND captures by
/// frame pointers from then on. Idempotent, any thread.
bool lw_stack_prepare(void);
/// Whether libunwind is loaded.
bool lw_stack_has_unwinder(void);
/// The sentence for reports when captures are degraded, NULL when they are not. Static storage.
const char *_Nullable lw_stack_degradation(void);

lw_stack_id lw_stack_capture_(lw_stack_method method);
/// Interns the calling thread's stack; the first frame is the function that calls this. Frames are return addresses.
/// Any thread, also in a signal handler after `lw_stack_prepare`. Always inlined, or it would be a frame of its own in
/// debug builds of Swift.
__attribute__((always_inline)) static inline lw_stack_id lw_stack_capture(lw_stack_method method) {
  if (method == LW_STACKS_OFF) return LW_STACK_NONE;
  lw_stack_id id = lw_stack_capture_(method);
  __asm__ volatile("" ::: "memory");
  return id;
}

/// Interns the stack of the code that a signal interrupted. `ucontext` is a handler's third argument. The first frame
/// is the interrupted instruction itself (exact), the others are return addresses. Async-signal-safe after
/// `lw_stack_prepare`.
lw_stack_id lw_stack_capture_context(const void *ucontext);

/// Copies up to `limit` program counters of `id` into `out` and returns how many there are in `out`; 0 for NONE and
/// LOST. Async-signal-safe.
size_t lw_stack_frames(lw_stack_id id, uint64_t *out, size_t limit);
/// Whether frame 0 of `id` is an exact instruction (from a signal context) and not a return address.
bool lw_stack_first_is_exact(lw_stack_id id);

/// Whether `address` lies on the calling thread's own stack, not below `frame`, which is one of its frame addresses.
/// False on stacks of signals, and on those that neither the C library nor the kernel knows of.
bool lw_stack_is_own(const void *address, const void *frame);

/// How full the depot is. When it is full, further new stacks become LW_STACK_LOST, this is said once on standard
/// error, and stacks that are already in the depot keep being found.
typedef struct lw_stack_depot_state {
  uint64_t stacks;
  uint64_t words_used;
  uint64_t words_capacity;
  uint64_t lost;
} lw_stack_depot_state;
lw_stack_depot_state lw_stack_depot(void);
/// Bounds the depot to `words` 8-byte words (default 4 Mi words = 32 MiB, reserved lazily). Must come before the first
/// capture; returns false after it.
bool lw_stack_depot_limit(uint64_t words);

enum { LW_IMAGE_PATH_BYTES = 256, LW_IMAGE_BUILD_ID_BYTES = 20 };
/// A loaded executable or library, as a report needs it to symbolize elsewhere.
typedef struct lw_image {
  uint64_t base;  ///< load bias: address in memory minus address in the file
  uint64_t start; ///< first byte of its executable segments
  uint64_t end;   ///< first byte behind them
  uint32_t build_id_bytes;
  uint8_t build_id[LW_IMAGE_BUILD_ID_BYTES];
  char path[LW_IMAGE_PATH_BYTES]; ///< absolute; "[vdso]" for the vdso; cut when longer
} lw_image;
/// Fills up to `limit` images and returns how many. Takes the loader's lock: never in a signal handler.
size_t lw_images(lw_image *out, size_t limit);

#pragma clang assume_nonnull end
