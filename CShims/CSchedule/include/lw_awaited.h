// What threads wait for, in the words of the program: a hang is understood from "the mutex 0x8, held by thread-2", and
// not from the address of a parked thread's object.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

/// For functions that look at what the token orders, which sanitizers do not see.
#define LW_LOOKS_AT_THE_STILL __attribute__((disable_sanitizer_instrumentation))

/// Who has what is waited for, when that thread has ended: it will not give it back.
#define LW_THREAD_ENDED UINT32_MAX

/// What a thread is about to wait for, as its program knows it: for reports of executions that did not end.
typedef struct lw_awaited {
  const char *kind;               ///< "mutex"; static storage
  uint64_t shown;                 ///< the value that the program has: a handle or an address
  uint32_t others;                ///< how many more it waits for
  bool by_anyone;                 ///< threads that no token binds may bring it about, too
  const char *_Nullable relation; ///< of a thread to it: "held by"; static storage
  /// The thread that stands in this relation to `object` now; 0 for none, or LW_THREAD_ENDED. Called while all members
  /// stand still, and takes no lock: one of them may have stopped with it. LW_LOOKS_AT_THE_STILL.
  lw_thread_number (*_Nullable thread)(const void *object);
  uint32_t (*_Nullable sharers)(const void *object); ///< how many threads have it together, likewise
  const void *_Nullable object;
} lw_awaited;
void lw_awaits_slow_(const lw_awaited *_Nullable awaited);
/// Says what the calling thread's next parks are for, until this is called with NULL; `awaited` lives as long.
static inline void lw_awaits(const lw_awaited *_Nullable awaited) {
  // relaxed: as in lw_point.
  if (__builtin_expect(atomic_load_explicit(&lw_points_armed_, memory_order_relaxed) != 0, 0)) lw_awaits_slow_(awaited);
}

#pragma clang assume_nonnull end
