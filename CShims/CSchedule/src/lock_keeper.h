// The end of a lock's being kept by a thread.
#pragma once

#include "schedule.h"

#pragma clang assume_nonnull begin

/// Has the lock, which the caller holds, be kept no more, and waits until its keeper is not inside.
void lw_lock_dismiss_keeper_(lw_lock *lock);

#pragma clang assume_nonnull end
