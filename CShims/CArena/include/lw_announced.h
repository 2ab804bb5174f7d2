// Memory that no arena gave out, but that operations lend all the same: variables of a thread's stack, memory of other
// allocators. Included by lw_arena.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "lw_annotations.h"
#include "lw_sections.h"

#pragma clang assume_nonnull begin

/// What announced memory is.
typedef enum __attribute__((enum_extensibility(closed))) lw_announced {
  LW_ANNOUNCED_STACK, ///< a variable of the calling thread's stack: lent when its frame returns, it is LW016
  LW_ANNOUNCED_MEMORY ///< of another allocator: lent when it is withdrawn, it is LW001
} lw_announced;

bool lw_announce_(const void *address, size_t bytes, lw_announced kind);
/// Has operations on `bytes` bytes of memory outside every arena lend it, as they lend blocks, until `lw_withdraw`.
/// Late writes into it are reported and land. False when there is no memory, or 4,096 ranges are announced.
static inline bool lw_announce(const void *address, size_t bytes, lw_announced kind) {
  bool done = lw_announce_(address, bytes, kind);
  LW_KEEP_CALLER_FRAME();
  return done;
}
bool lw_withdraw_(const void *address);
/// The memory that was announced at `address` is going to be used for something else. False when none was.
static inline bool lw_withdraw(const void *address) {
  bool done = lw_withdraw_(address);
  LW_KEEP_CALLER_FRAME();
  return done;
}
/// Withdraws what is called by LW_ANNOUNCE_LOCAL at the end of its scope.
static inline void lw_withdraw_local_(const void *_Nonnull *_Nonnull address) { lw_withdraw(*address); }
/// Announces a local variable until the end of its scope; stands behind its declaration.
#define LW_ANNOUNCE_LOCAL(variable)                                                                                    \
  __attribute__((cleanup(lw_withdraw_local_), unused)) const void *lw_announced_##variable =                           \
      (lw_announce(&(variable), sizeof(variable), LW_ANNOUNCED_STACK), &(variable))

/// Whether operations announce by themselves what they lend of the stack of whoever starts them, unless he waits for
/// their end: in programs of `tools/cc`, whose other memory is all known.
static inline bool lw_announces_stacks(void) { return lw_has_sections(); }
/// Announces it for an operation, where that lies on the calling thread's own stack and is not announced. What was
/// announced so before in its place, and is not lent any more, is withdrawn.
void lw_announce_own_stack_(const void *address, size_t bytes);
/// Withdraws the stack memory of the calling thread that lies below `frame`, a frame address of it: the frames it was
/// announced in have returned. UINTPTR_MAX: all of it.
void lw_announced_sweep_(const void *frame);
/// The same for the frame of whoever calls: calls that a program goes on with begin with it.
__attribute__((always_inline)) static inline void lw_announced_look_back(void) {
  if (lw_announces_stacks()) lw_announced_sweep_(__builtin_frame_address(0));
}
/// The block that stands for announced memory and is lent in its place, and where `address` lies in it. NULL when it
/// was not announced. What is written through the loan goes to the memory itself.
void *_Nullable lw_shadow_at_(const void *_Nullable address, size_t *offset);

#pragma clang assume_nonnull end
