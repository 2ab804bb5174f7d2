// Serving a pipe end of this process to another one.
#pragma once

#include "pipe.h"

#pragma clang assume_nonnull begin

/// Serves what comes through `fd`, a socket, until the other side closes it or ends; `ended(context)` is called then.
/// The file, a pipe end of this process or of a third one, is held open (`lw_object_hold_open_`) until that. False when
/// the system has no memory left; then both stay the caller's.
bool lw_pipe_serve_(int fd, lw_file *pipe, void (*_Nullable ended)(void *context), void *_Nullable context);
/// The process of that context has ended: what it has asked for by now is done, and then it is the end, whoever else
/// has its descriptors.
void lw_pipe_services_end_(const void *context);

#pragma clang assume_nonnull end
