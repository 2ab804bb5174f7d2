// The standard streams that a child gets, made of handles.
#pragma once

#include "stream_bridge.h"

#pragma clang assume_nonnull begin

enum { LW_CHILD_STREAMS = 3 };

typedef struct lw_child_streams {
  int fds[LW_CHILD_STREAMS];                      ///< -1: /dev/null
  bool owned[LW_CHILD_STREAMS];                   ///< to be closed once the child has it
  lw_bridge *_Nullable bridges[LW_CHILD_STREAMS]; ///< of pipe ends
} lw_child_streams;

/// The caller's own streams.
lw_child_streams lw_child_streams_own_(void);
/// Has stream `number` go through a handle: a disk file, a stream or a pipe end. What is no such handle, or may not be
/// inherited, is /dev/null. False and the last error when the system has nothing left.
bool lw_child_streams_set_(lw_child_streams *streams, int number, HANDLE _Nullable handle);
/// Closes the child's sides, and the bridges unless they have been handed on.
void lw_child_streams_close_(lw_child_streams *streams);

/// Before the program begins: its parent has given it no handle of these streams, a bit for each.
void lw_standard_streams_absent_(uint32_t absent);
/// The handle that SetStdHandle has put in the place of a stream; false when it was not called.
bool lw_standard_replaced_(int number, HANDLE _Nullable *_Nonnull handle);

#pragma clang assume_nonnull end
