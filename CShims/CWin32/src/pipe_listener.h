// How other processes of the family come to the instances that a process has of a named pipe: at a socket in the
// system's abstract namespace, whose address is made of family, name and the process's place.
#pragma once

#include "pipe.h"

#pragma clang assume_nonnull begin

typedef struct lw_pipe_listener lw_pipe_listener;

/// Opens this process's; NULL when the system has nothing left: then nobody comes.
void lw_pipe_listener_open_(const char *folded, lw_pipe_listener *_Nullable *_Nonnull listener);
/// Nobody finds the pipe any more. No lock may be held.
void lw_pipe_listener_end_(lw_pipe_listener *listener);
/// A socket that is connected to the process of that place, which has instances of the pipe and runs for the same user;
/// -1 when it has gone.
int lw_pipe_listener_find_(const char *folded, uint32_t place);

#pragma clang assume_nonnull end
