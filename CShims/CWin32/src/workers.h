// Pool threads.
#pragma once

#include "lw_schedule.h"

#pragma clang assume_nonnull begin

enum { LW_LIMIT_SHIFT = 16 }; ///< of the limit in flags (WT_SET_MAX_THREADPOOL_THREADS)

/// Has `run(context, argument)` called on a pool thread, once. False when there is no memory for it or no thread at
/// all.
bool lw_workers_submit_(void (*run)(void *_Nullable context, uint64_t argument), void *_Nullable context,
                        uint64_t argument);
/// From now on at most `limit` pool threads work at a time; 0 changes nothing.
void lw_workers_limit_(uint32_t limit);
/// Makes sure that there is a pool thread. False when the system has none left.
bool lw_workers_prepare_(void);

#pragma clang assume_nonnull end
