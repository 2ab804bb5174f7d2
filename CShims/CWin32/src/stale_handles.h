// What the handle table remembers of a value's past, and LW009: the use of a handle after its close.
#pragma once

#include "lw_stack.h"
#include "object.h"

#pragma clang assume_nonnull begin

/// Who opened or closed a handle, or unregistered a wait. Thread 0: nobody yet.
typedef struct lw_handle_deed {
  lw_stack_id stack;
  lw_thread_number thread;
  uint64_t stamp;
} lw_handle_deed;
static inline lw_handle_deed lw_handle_deed_now_(void) {
  if (lw_trace_is_unrecorded()) return (lw_handle_deed){LW_STACK_NONE, lw_thread_self(), 0};
  return (lw_handle_deed){lw_stack_capture(LW_STACKS_FRAME_POINTERS), lw_thread_self(), lw_clock_stamp()};
}

/// Of one value: its last close, and the last time it was opened, before or after that.
typedef struct lw_handle_past {
  const lw_object_type *_Nullable type; ///< of the handle that was closed; NULL: none was
  lw_handle_deed closed;
  lw_handle_deed opened;
} lw_handle_past;

/// LW009: `api` was called with a closed handle. `now` is the type of the object that has the value by now.
void lw_report_stale_handle_(HANDLE _Nullable handle, const lw_handle_past *past, const lw_object_type *_Nullable now,
                             const char *api);

#pragma clang assume_nonnull end
