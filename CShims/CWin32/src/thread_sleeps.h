// The sleep under all others: a thread that sleeps counts as stopped for whoever wants it to be.
#pragma once

#include "thread.h"

#pragma clang assume_nonnull begin

typedef enum lw_thread_sleep {
  LW_SLEEP_NONE,
  LW_SLEEP_BOUND, ///< others count on its end: what is waited for has to come
  LW_SLEEP_LOOSE, ///< it can be given up at any time
  LW_SLEEP_POLLS  ///< the same, and it does the poller's work meanwhile
} lw_thread_sleep;

/// Parks until the calling thread's `sleeper` is released, `other` is set or `deadline` has passed; whether one of the
/// first two. Returns when nobody wants the thread to be held.
bool lw_sleep_stoppable_(lw_sleeper *sleeper, const _Atomic bool *other, const void *_Nullable object, lw_time deadline,
                         lw_thread_sleep kind);

#pragma clang assume_nonnull end
