// How other processes of the family find a named pipe: a socket in the system's abstract namespace, whose address is
// made of family and name. The system frees it when the process ends, however that comes, and only one can have it.
#pragma once

#include "pipe.h"

#pragma clang assume_nonnull begin

typedef struct lw_pipe_listener lw_pipe_listener;

/// Opens one. False when another process has the name; NULL and true when the system has no descriptors left: then the
/// pipe stays this process's own.
bool lw_pipe_listener_open_(const char *folded, lw_pipe_listener *_Nullable *_Nonnull listener);
/// Nobody finds the pipe any more. No lock may be held.
void lw_pipe_listener_end_(lw_pipe_listener *listener);
/// A socket that is connected to the process that has a pipe of the name, which runs for the same user; -1 when there
/// is none.
int lw_pipe_listener_find_(const char *folded);

#pragma clang assume_nonnull end
