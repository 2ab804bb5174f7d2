// Threads as objects.
#pragma once

#include "object.h"

#pragma clang assume_nonnull begin

typedef struct lw_thread_object {
  lw_object object;
  DWORD id;
  LPTHREAD_START_ROUTINE _Nullable start;
  LPVOID _Nullable parameter;
  DWORD exit_code LW_GUARDED_BY(&lw_dispatcher_);            ///< STILL_ACTIVE until it has ended
  DWORD suspended LW_GUARDED_BY(&lw_dispatcher_);            ///< it may not begin yet
  lw_sleeper *_Nullable held LW_GUARDED_BY(&lw_dispatcher_); ///< the thread, which waits to begin
} lw_thread_object;

/// A thread object without a thread yet, with one reference; NULL when there is no memory.
lw_thread_object *_Nullable lw_thread_prepare_(DWORD id);
/// The thread has ended.
void lw_thread_ended_(lw_thread_object *thread, DWORD code, lw_wakes *wakes) LW_REQUIRES(lw_dispatcher_);

#pragma clang assume_nonnull end
